/** What can be done with a message: copy, edit, recall, forward a card. A small menu without a library. */
import { useEffect, useRef, useState } from 'react';
import { t } from '../locales/chat';
import { Icon } from '../ui/Icon';
import { iMore } from '../ui/icons';
import css from './Actions.module.css';
import type { BubbleProps } from './Bubble';

/** Moves the open menu into the part of the thread that is seen: sideways, and above its button where it is low. */
function moveInto(menu: HTMLElement | null | undefined) {
  if (!menu) return;
  const at = menu.getBoundingClientRect();
  const room = (menu.closest('[role="log"]') ?? document.body).getBoundingClientRect();
  const x = Math.max(room.left + 8 - at.left, 0) + Math.min(room.right - 8 - at.right, 0);
  const y = at.bottom > room.bottom - 4 ? -(at.height + 32) : 0;
  menu.style.translate = `${x}px ${y}px`;
}

export function Actions(props: BubbleProps) {
  const { item, onEdit, onRecall, onForward, onReceipt, onDiscard } = props;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    moveInto(box.current?.querySelector<HTMLElement>('[role="menu"]'));
    box.current?.querySelector<HTMLButtonElement>('[role="menuitem"]')?.focus();
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [open]);

  const own = item.mine && item.entry?.kind === 'message' && item.entry.state === 'kept';
  const acts: [string, () => void][] = [];
  if (item.body.text) {
    const { text } = item.body;
    acts.push([t('message.copy'), () => void navigator.clipboard?.writeText(text)]);
  }
  if (own && onEdit && item.body.text) acts.push([t('message.edit'), () => onEdit(item)]);
  if (own && onRecall) acts.push([t('message.recall'), () => onRecall(item)]);
  const card = item.body.cards?.[0];
  if (card && item.entry && onForward) {
    acts.push([t('message.forward'), () => onForward(item, card)]);
  }
  if (onReceipt && item.entry?.kind === 'message') {
    acts.push([t('message.receipt'), () => onReceipt(item)]);
  }
  const { pending } = item;
  if (pending && pending.state !== 'sending' && onDiscard) {
    acts.push([t('composer.cancel'), () => onDiscard(pending.client_key)]);
  }
  if (!acts.length) return null;
  const step = (by: number) => {
    const all = [...(box.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + by + all.length) % all.length]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble here from the button and the menu inside
    <div
      ref={box}
      className={css.box}
      onKeyDown={(event) => {
        if (!open) return;
        if (event.key === 'Escape') setOpen(false);
        else if (event.key === 'ArrowDown') step(1);
        else if (event.key === 'ArrowUp') step(-1);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <button
        type="button"
        className={css.button}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={t('message.actions')}
        onClick={() => setOpen(!open)}
      >
        <Icon of={iMore} size={16} />
      </button>
      {open ? (
        <div role="menu" className={`${css.menu} ${item.mine ? css.right : ''}`}>
          {acts.map(([text, act]) => (
            <button
              key={text}
              type="button"
              role="menuitem"
              className={css.item}
              onClick={() => {
                setOpen(false);
                act();
              }}
            >
              {text}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
