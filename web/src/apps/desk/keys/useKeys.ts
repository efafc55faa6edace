/** Listens to the keyboard for the whole desk and runs what is bound; dead while an input method is composing. */
import { useEffect, useRef } from 'react';
import { composing } from '../../../chat/hooks';
import { type Command, commandOf } from './map';
import { singleKeys } from './prefs';

const SOON_MS = 1_200;

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Whether a layer is open above the page: its own keys count then, not ours. */
const layered = (): boolean => document.querySelector('[role="dialog"], [role="menu"]') !== null;

export function useKeys(handlers: Partial<Record<Command, () => void>>): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    let g = 0;
    const press = (event: KeyboardEvent) => {
      if (composing(event) || event.repeat || event.defaultPrevented) return;
      const found = commandOf(event, {
        typing: writes(event.target),
        afterG: Date.now() - g < SOON_MS,
        singles: singleKeys(),
      });
      g = found === 'g' ? Date.now() : 0;
      if (!found || found === 'g' || (layered() && found !== 'palette')) return;
      const act = latest.current[found];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
