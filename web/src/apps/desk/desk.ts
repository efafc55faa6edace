/** What is open above the page and what the keys do: one state for keyboard, palette and buttons. */
import { startTransition, useState } from 'react';
import { here, match, navigate } from '../../ui';
import type { Row } from './data';
import type { Command } from './keys/map';
import { useKeys } from './keys/useKeys';
import { offers } from './line';
import { accept } from './offer/acts';
import { write } from './thread/bus';
import { modeOf, setMode } from './thread/mode';

type Name = 'palette' | 'help' | 'panel' | 'transfer' | 'close' | 'later' | 'why';

export interface Dialogs extends Record<Name, boolean> {
  show: (name: Name, on: boolean) => void;
  run: (command: Command | 'why') => void;
}

/** The conversation after (or before) the open one, in the list's order; the first where none is open. */
export function neighbour(
  rows: readonly { id: string }[],
  current: string | null,
  step: 1 | -1,
): string | null {
  if (!rows.length) return null;
  const at = rows.findIndex((row) => row.id === current);
  if (at < 0) return rows[0]?.id ?? null;
  return rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.id ?? null;
}

const closed: Record<Name, boolean> = {
  palette: false,
  help: false,
  panel: false,
  transfer: false,
  close: false,
  later: false,
  why: false,
};

export function useDesk(current: string | null, rows: readonly Row[]): Dialogs {
  const [open, setOpen] = useState(closed);
  const [of, setOf] = useState(current);
  if (of !== current) {
    // Another conversation: nothing that was open for the last one stays.
    setOf(current);
    setOpen((was) => ({ ...closed, palette: was.palette, help: was.help, panel: was.panel }));
  }
  // A layer is drawn in slices: the press that asked for it is answered first.
  const show = (name: Name, on: boolean) =>
    startTransition(() => setOpen((was) => ({ ...was, [name]: on })));
  const go = (step: 1 | -1) => {
    // The address runs ahead of the page: two quick presses go two steps.
    const at = match('/conversations/:id', here());
    const next = neighbour(rows, at?.id ?? null, step);
    if (next) navigate(`/conversations/${next}`);
  };
  const handlers: Record<Command | 'why', () => void> = {
    palette: () => show('palette', true),
    help: () => show('help', true),
    accept: () => {
      const first = offers.cards.find((card) => !card.ended);
      if (first) void accept(first.offer.id);
    },
    next: () => go(1),
    previous: () => go(-1),
    reply: () => {
      if (current) setMode(current, 'reply');
      requestAnimationFrame(() => write());
    },
    slash: () => write('/'),
    note: () => {
      if (!current) return;
      setMode(current, modeOf(current) === 'note' ? 'reply' : 'note');
      requestAnimationFrame(() => write());
    },
    transfer: () => current && show('transfer', true),
    close: () => current && show('close', true),
    later: () => current && show('later', true),
    panel: () => current && setOpen((was) => ({ ...was, panel: !was.panel })),
    why: () => current && show('why', true),
    goConversations: () => navigate('/conversations'),
    goPool: () => navigate('/pool'),
    goClients: () => navigate('/clients'),
    goKnowledge: () => navigate('/knowledge'),
    goSettings: () => navigate('/settings'),
  };
  useKeys(handlers);
  return { ...open, show, run: (command) => handlers[command]() };
}
