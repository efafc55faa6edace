/** Am I taking orders, and how many more: dot, words, capacity steps, fraction. Opens its menu. */
import { Button as AriaButton } from 'react-aria-components/Button';
import { Menu as AriaMenu, MenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import type { Presence } from '../core/protocol';
import { t } from '../locales/common';
import { Dot } from './bits';
import { CapacityMeter } from './figures';
import { Icon } from './Icon';
import { iCheck } from './icons';
import layer from './overlays.module.css';
import css from './StatusPill.module.css';

const tones = { online: 'on', busy: 'busy', break: 'idle', off: 'off' } as const;
const all: Presence[] = ['online', 'busy', 'break', 'off'];

export function StatusPill(props: {
  status: Presence;
  used: number;
  capacity: number;
  onChange: (status: Presence) => void;
  compact?: boolean;
}) {
  const { status, used, capacity, onChange, compact } = props;
  return (
    <MenuTrigger>
      <AriaButton className={css.pill}>
        <Dot tone={tones[status]} />
        <span>{t(`presence.${status}`)}</span>
        <span className={css.cut} aria-hidden="true" />
        {compact ? null : <CapacityMeter used={used} of={capacity} />}
        <span className={css.fraction}>
          {used}/{capacity}
        </span>
      </AriaButton>
      <Popover className={layer.popover}>
        <AriaMenu
          aria-label={t('presence.choose')}
          className={layer.menu}
          onAction={(key) => onChange(key as Presence)}
        >
          {all.map((one) => (
            <MenuItem key={one} id={one} textValue={t(`presence.${one}`)} className={layer.item}>
              <Dot tone={tones[one]} />
              <span className={layer.grow}>
                {t(`presence.${one}`)}
                <span className={css.hint}>{t(`presence.${one}.hint`)}</span>
              </span>
              {one === status ? <Icon of={iCheck} size={16} /> : null}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
