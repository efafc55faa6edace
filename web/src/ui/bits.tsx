/** Small parts: chip, badge, dot, level, separator, code. */
import { Fragment, type ReactNode } from 'react';
import css from './bits.module.css';
import { Icon } from './Icon';

export type Tone = 'plain' | 'line' | 'accent' | 'go' | 'nudge' | 'stop' | 'machine';

export function Chip(props: { tone?: Tone; icon?: string; children: ReactNode; title?: string }) {
  const { tone = 'plain', icon, children, title } = props;
  return (
    <span className={`${css.chip} ${css[tone]}`} title={title}>
      {icon ? <Icon of={icon} size={14} /> : null}
      <span className={css.clip}>{children}</span>
    </span>
  );
}

/** A count that asks for attention; nothing at 0, `99+` above. */
export function Badge({ count, label }: { count: number; label?: string }) {
  if (count <= 0) return null;
  return (
    <span className={css.badge}>
      {count > 99 ? '99+' : count}
      {label ? <span className="visually-hidden">{` ${label}`}</span> : null}
    </span>
  );
}

export function Dot({ tone }: { tone: 'on' | 'busy' | 'idle' | 'off' | 'stop' }) {
  return <span className={`${css.dot} ${css[tone]}`} aria-hidden="true" />;
}

/** A drawn separator that reads and copies as " · ". */
export function Mid() {
  return <span className={css.mid}>{' · '}</span>;
}

/** Words in a row with drawn separators; what is missing leaves none behind. */
export function Parts({ of }: { of: readonly (ReactNode | null | undefined | false)[] }) {
  const there = of.filter(
    (one) => one !== null && one !== undefined && one !== false && one !== '',
  );
  return (
    <>
      {there.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the words of a row have no other name
        <Fragment key={index}>
          {index ? <Mid /> : null}
          {one}
        </Fragment>
      ))}
    </>
  );
}

export function Code({ children }: { children: ReactNode }) {
  return <span className={css.code}>{children}</span>;
}

/** `C2` or `R4`: letter, number and a five-step meter, never colour alone. */
export function LevelBadge({ level, text }: { level: string; text?: string }) {
  const steps = Number(level.slice(1)) || 0;
  return (
    <span className={css.level}>
      {level}
      {text ? ` ${text}` : null}
      <span className={css.meter} aria-hidden="true">
        {[1, 2, 3, 4, 5].map((step) => (
          <span key={step} className={step <= steps ? css.full : ''} />
        ))}
      </span>
    </span>
  );
}
