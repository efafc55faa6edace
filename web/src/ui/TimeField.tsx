/**
 * A time of day, typed as 08:30 in 24 hours whatever the browser's menus speak. The arrow up and down moves the hour
 * or the minute on which the caret stands. Without react-aria, so that the client's side can use it too.
 */
import { useState } from 'react';
import css from './Fields.module.css';

const DAY_MIN = 24 * 60;
let made = 0;

/** What was typed as `08:30`, or nothing while it is no such time; 24:00 only where a day may end. */
export function timeOf(typed: string, ends = false): string {
  const [, hour = '', minute = ''] = /^(\d{1,2})[:：]?(\d\d)$/.exec(typed.trim()) ?? [];
  const at = `${hour.padStart(2, '0')}:${minute}`;
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(at) || (ends && at === '24:00') ? at : '';
}

/** So many minutes later, around midnight. */
export function moved(time: string, minutes: number): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const at = (hour * 60 + minute + minutes + DAY_MIN) % DAY_MIN;
  return [Math.floor(at / 60), at % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

export function TimeField(props: {
  label: string;
  /** Hides the label from sight, not from assistive technology. */
  bare?: boolean;
  value: string;
  /** What is chosen, empty where nothing is. */
  onChange: (time: string) => void;
  /** What to say of what is no time; an example of one. */
  wrong: string;
  example: string;
  /** Whether 24:00 may be said. */
  ends?: boolean;
  isDisabled?: boolean;
}) {
  const { value, onChange, ends } = props;
  // `useId` would weigh on the first load of the client's side, which does without it.
  const [id] = useState(() => `time-${++made}`);
  // What is being typed; nothing while the field shows what is chosen.
  const [typed, setTyped] = useState<string | null>(null);
  const [left, setLeft] = useState(false);
  const shown = typed ?? value;
  const wrong = left && Boolean(shown.trim()) && !timeOf(shown, ends);
  return (
    <div className={`${css.field} ${css.m}`}>
      <label className={props.bare ? 'visually-hidden' : css.label} htmlFor={id}>
        {props.label}
      </label>
      <input
        id={id}
        className={css.input}
        type="text"
        inputMode="numeric"
        autoComplete="off"
        maxLength={5}
        placeholder={props.example}
        disabled={props.isDisabled}
        value={shown}
        data-invalid={wrong || undefined}
        data-disabled={props.isDisabled || undefined}
        aria-invalid={wrong || undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onFocus={() => setLeft(false)}
        onBlur={() => {
          setLeft(true);
          if (!shown.trim() || timeOf(shown, ends)) setTyped(null);
        }}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          onChange(timeOf(event.currentTarget.value, ends));
        }}
        onKeyDown={(event) => {
          const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (!step) return;
          event.preventDefault();
          const field = event.currentTarget;
          const part = (field.selectionStart ?? 0) > 2 ? 3 : 0;
          const next = moved(timeOf(shown, ends) || '00:00', step * (part ? 1 : 60));
          setTyped(null);
          onChange(next);
          requestAnimationFrame(() => field.setSelectionRange(part, part + 2));
        }}
      />
      {wrong ? (
        <span id={`${id}-wrong`} className={css.error}>
          {props.wrong}
        </span>
      ) : null}
    </div>
  );
}
