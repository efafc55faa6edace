/** Am I taking orders, and how many more: dot, words, capacity steps, fraction. Opens its menu. */
import { Button as AriaButton } from 'react-aria-components/Button';
import type { Presence } from '../core/protocol';
import { t } from '../locales/common';
import { Dot } from './bits';
import { CapacityMeter } from './figures';
import { Menu } from './overlays';
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
    <Menu
      label={t('presence.choose')}
      onAction={(id) => onChange(id as Presence)}
      items={all.map((one) => ({
        id: one,
        text: t(`presence.${one}`),
        hint: t(`presence.${one}.hint`),
        mark: <Dot tone={tones[one]} />,
        on: one === status,
      }))}
      trigger={
        <AriaButton className={css.pill}>
          <Dot tone={tones[status]} />
          <span>{t(`presence.${status}`)}</span>
          <span className={css.cut} aria-hidden="true" />
          {compact ? null : <CapacityMeter used={used} of={capacity} />}
          <span className={css.fraction}>
            {used}/{capacity}
          </span>
        </AriaButton>
      }
    />
  );
}
