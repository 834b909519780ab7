import { type PointerEvent, useState } from 'react';
import type { Change } from './criteria.ts';
import { moveBeside, type Target } from './criteria-move.ts';

export interface Drag {
  /** The clause that is being moved. */
  readonly id: string | undefined;
  /** Where it would go now. */
  readonly target: Target | undefined;
  /** What a handle listens to. */
  handlers(id: string): {
    onPointerDown(event: PointerEvent<HTMLElement>): void;
    onPointerMove(event: PointerEvent<HTMLElement>): void;
    onPointerUp(): void;
    onPointerCancel(): void;
  };
}

/** Moves clauses by mouse, pen or finger: pointer events, which all three have. The keys are with the handle. */
export function useDrag(change: (change: Change) => void): Drag {
  const [id, setId] = useState<string>();
  const [target, setTarget] = useState<Target>();
  const end = () => {
    setId(undefined);
    setTarget(undefined);
  };
  return {
    id,
    target,
    handlers: (own) => ({
      onPointerDown(event) {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setId(own);
      },
      onPointerMove(event) {
        if (id === own) setTarget(targetAt(event.clientX, event.clientY, own));
      },
      onPointerUp() {
        if (id === own && target !== undefined) change(moveBeside(own, target));
        end();
      },
      onPointerCancel: end,
    }),
  };
}

/** The innermost clause under the pointer, and which half of it; none over the clause that is being moved. */
function targetAt(x: number, y: number, own: string): Target | undefined {
  const place = document.elementFromPoint(x, y)?.closest('[data-clause]');
  const id = place?.getAttribute('data-clause') ?? undefined;
  if (id === undefined || place === null || place === undefined) return undefined;
  if (place.closest(`[data-clause="${CSS.escape(own)}"]`) !== null) return undefined;
  const { top, height } = place.getBoundingClientRect();
  return { id, side: y < top + height / 2 ? 'before' : 'after' };
}
