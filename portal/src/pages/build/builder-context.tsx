import { createContext, useContext } from 'react';
import type { Words } from '../../parts/criteria/words.ts';
import type { Change, Criteria, FilterType } from './criteria.ts';
import type { Drag } from './use-drag.ts';

/** The part of a row that takes the focus. */
export type RowPart = 'handle' | 'value' | 'menu';

export interface FocusTarget {
  readonly id: string;
  readonly part: RowPart;
}

/** What every row of the builder works with. */
export interface Builder {
  readonly criteria: Criteria;
  readonly types: readonly FilterType[];
  readonly words: Words & { readonly types: readonly FilterType[] };
  /** Changes the criteria, then puts the focus where it is told to, and says what happened. */
  change(change: Change, after?: { focus?: FocusTarget; said?: string }): void;
  /** What is wrong with a clause, as the API found it. */
  faultOf(id: string): string | undefined;
  /** The clause from which on nobody is left. */
  readonly emptiedBy: string | undefined;
  readonly drag: Drag;
}

const BuilderContext = createContext<Builder | undefined>(undefined);
export const BuilderProvider = BuilderContext.Provider;

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (builder === undefined) throw new Error('there is no builder around this component');
  return builder;
}
