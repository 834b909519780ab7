import { useEffect, useRef } from 'react';
import { type ApiProblem, ProblemError } from '../../api/problem.ts';
import { ProblemState } from '../../parts/states.tsx';
import classes from './import.module.css';
import type { ListToSend } from './sending/send-list.ts';
import { text } from './text.ts';

interface Props {
  readonly problem: ApiProblem;
  readonly purpose: ListToSend['purpose'];
  readonly retry?: () => void;
}

/** Why a sending came to nothing; of a lost connection also what was kept. It takes the focus from what is gone. */
export function SendingProblem({ problem, purpose, retry }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  const said =
    problem.name === 'offline' ? { ...problem, title: text.lost.title, detail: text.lost[purpose] } : problem;
  return (
    <div ref={place} tabIndex={-1} className={classes.heading}>
      <ProblemState error={new ProblemError(said)} retry={retry} />
    </div>
  );
}
