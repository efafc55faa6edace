/** Where one searches: clears itself, and shows the keys that lead to it. */
import { type KeyboardEvent, useRef } from 'react';
import { t } from '../locales/common';
import css from './Fields.module.css';
import { Icon } from './Icon';
import { iSearch, iX } from './icons';
import layer from './overlays.module.css';

export interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onSubmit?: (value: string) => void;
  placeholder?: string;
  keys?: string;
  autoFocus?: boolean;
}

export function SearchField(props: SearchFieldProps) {
  const { label, value, onChange, onSubmit, placeholder = label, keys, autoFocus } = props;
  const input = useRef<HTMLInputElement>(null);
  const typed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && onSubmit) onSubmit(value);
    else if (event.key === 'Escape' && value) onChange('');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={css.search}>
      <Icon of={iSearch} size={16} />
      <input
        ref={input}
        type="search"
        className={css.bareInput}
        aria-label={label}
        placeholder={placeholder}
        // biome-ignore lint/a11y/noAutofocus: only where one comes in order to search
        autoFocus={autoFocus}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={typed}
      />
      {value ? (
        <button
          type="button"
          className={css.inner}
          // The field has Esc for it.
          tabIndex={-1}
          aria-label={t('clear')}
          onClick={() => {
            onChange('');
            input.current?.focus();
          }}
        >
          <Icon of={iX} size={14} />
        </button>
      ) : keys ? (
        <kbd className={layer.keys}>{keys}</kbd>
      ) : null}
    </div>
  );
}
