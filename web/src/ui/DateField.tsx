/**
 * A day, or a moment of a day: typed as 2026-11-30 or 2026-11-30 08:30, or taken from the browser's calendar. A browser
 * writes its own date fields in the language of its menus, whatever the page speaks; this one is read alike everywhere.
 */
import { useRef, useState } from 'react';
import { t } from '../locales/common';
import { type Common, TextField } from './Fields';
import css from './Fields.module.css';
import { Icon } from './Icon';
import { iCal } from './icons';

const LENGTH = { date: 10, 'datetime-local': 16 } as const;

/** What was typed as the wire writes it (`2026-11-30`, `2026-11-30T08:30`), or nothing while it is no such day. */
export function isoOf(type: keyof typeof LENGTH, typed: string): string {
  const iso = typed.trim().replace(/[\sT]+/, 'T');
  const at = new Date(`${iso}${type === 'date' ? 'T00:00' : ''}Z`);
  if (iso.length !== LENGTH[type] || Number.isNaN(at.getTime())) return '';
  return at.toISOString().startsWith(iso) ? iso : '';
}

export function DateField(
  props: Common & {
    value: string;
    /** What is chosen, empty where nothing is; and whether something is typed that is no such day. */
    onChange: (iso: string, wrong: boolean) => void;
    type?: keyof typeof LENGTH;
    isRequired?: boolean;
    isDisabled?: boolean;
  },
) {
  const { value, onChange, type = 'date', error, ...rest } = props;
  const [typed, setTyped] = useState('');
  const [left, setLeft] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  // What was typed stays as it is while it says what is chosen; what is chosen elsewhere is written anew.
  const shown = isoOf(type, typed) === value ? typed : value.replace('T', ' ');
  // Half a day is no fault while it is being typed, but whoever goes on is told.
  const wrong = (shown.length >= LENGTH[type] || (left && shown.trim())) && !isoOf(type, shown);
  return (
    <div className={css.dated}>
      <TextField
        {...rest}
        autoComplete="off"
        maxLength={LENGTH[type]}
        placeholder={t(`form.${type}`)}
        value={shown}
        error={error ?? (wrong ? t(`form.wrong.${type}`) : undefined)}
        onFocus={() => setLeft(false)}
        onBlur={() => setLeft(true)}
        onChange={(text) => {
          setTyped(text);
          const iso = isoOf(type, text);
          onChange(iso, Boolean(text.trim()) && !iso);
        }}
      />
      <input
        ref={picker}
        className={css.picker}
        type={type}
        value={value}
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          setTyped('');
          onChange(event.currentTarget.value, false);
        }}
      />
      <button
        type="button"
        className={css.inner}
        disabled={props.isDisabled}
        aria-label={t('form.calendar')}
        onClick={() => picker.current?.showPicker()}
      >
        <Icon of={iCal} size={16} />
      </button>
    </div>
  );
}
