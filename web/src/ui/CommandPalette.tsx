/** Ctrl K: every action that makes sense here, found by typing, with its shortcut beside it. */
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { t } from '../locales/common';
import { Icon } from './Icon';
import { iSearch } from './icons';
import { Surface } from './overlays';
import css from './overlays.module.css';

export interface Action {
  id: string;
  text: string;
  group?: string;
  icon?: string;
  keys?: string;
  /** Further words it is found by. */
  also?: string;
  run: () => void;
}

export function CommandPalette(props: {
  onClose: () => void;
  actions: Action[];
  placeholder?: string;
}) {
  const { onClose, actions, placeholder } = props;
  return (
    <Surface label={t('palette.title')} onClose={onClose} panel={css.palette}>
      <Palette actions={actions} onClose={onClose} placeholder={placeholder} />
    </Surface>
  );
}

function Palette(props: { actions: Action[]; onClose: () => void; placeholder?: string }) {
  const { actions, onClose } = props;
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const name = useId();
  const found = useMemo(() => {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    return actions.filter((action) => {
      const text = `${action.text} ${action.group ?? ''} ${action.also ?? ''}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }, [actions, typed]);
  const chosen = found[Math.min(at, found.length - 1)];
  useEffect(() => {
    if (chosen)
      document.getElementById(`${name}-${chosen.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen, name]);
  const run = (action: Action | undefined) => {
    if (!action) return;
    onClose();
    action.run();
  };
  const move = (step: number) => setAt((was) => (was + step + found.length) % (found.length || 1));
  return (
    <>
      <div className={css.paletteField}>
        <Icon of={iSearch} />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette is opened in order to type
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={`${name}-list`}
          aria-activedescendant={chosen ? `${name}-${chosen.id}` : undefined}
          aria-label={t('palette.title')}
          placeholder={props.placeholder ?? t('palette.hint')}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === 'ArrowDown') move(1);
            else if (event.key === 'ArrowUp') move(-1);
            else if (event.key === 'Enter') run(chosen);
            else return;
            event.preventDefault();
          }}
        />
        <kbd className={css.keys}>Esc</kbd>
      </div>
      <div
        ref={list}
        id={`${name}-list`}
        role="listbox"
        aria-label={t('palette.title')}
        className={css.paletteList}
      >
        {found.map((action, index) => (
          <div key={action.id} role="presentation">
            {action.group && action.group !== found[index - 1]?.group ? (
              <div className={css.group} role="presentation">
                {action.group}
              </div>
            ) : null}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the combobox above */}
            <div
              id={`${name}-${action.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={action === chosen}
              data-focused={action === chosen || undefined}
              className={css.item}
              onClick={() => run(action)}
              onMouseMove={() => setAt(index)}
            >
              {action.icon ? <Icon of={action.icon} size={16} /> : null}
              <span className={css.grow}>{action.text}</span>
              {action.keys ? <kbd className={css.keys}>{action.keys}</kbd> : null}
            </div>
          </div>
        ))}
        {found.length ? null : <p className={css.note}>{t('palette.none')}</p>}
      </div>
    </>
  );
}
