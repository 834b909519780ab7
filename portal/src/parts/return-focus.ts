import { useEffect, useState } from 'react';

/** From where the dialog that is open was opened; one dialog may follow another. */
let opener: Element | null = null;

/** When a dialog is gone the keyboard goes on where it was opened, or at the heading when that is gone, too. */
export function useReturnFocus(): void {
  useState(rememberOpener);
  useEffect(() => goBack, []);
}

function rememberOpener(): void {
  const active = document.activeElement;
  if (active?.closest('[role=dialog]')) return;
  // The entry of a menu goes with its menu; the button of the menu stays.
  const menu = active?.closest('[role=menu]');
  opener = menu ? document.querySelector(`[aria-controls="${CSS.escape(menu.id)}"]`) : active;
}

function goBack(): void {
  if (document.querySelector('[role=dialog]') !== null) return;
  const isThere = opener?.isConnected && opener !== document.body;
  const target = isThere ? opener : document.getElementById('page-title');
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}
