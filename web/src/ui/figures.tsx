/** Numbers as instruments: tile, course, ring, capacity. Drawn by hand, no chart library. */
import type { ReactNode } from 'react';
import css from './figures.module.css';
import { Icon } from './Icon';
import { iWarn } from './icons';

export interface KpiTileProps {
  label: string;
  /** Already worded; "–" where it is missing. */
  value: string;
  unit?: string;
  /** Comparison or target. */
  note?: ReactNode;
  missed?: boolean;
  trend?: readonly number[];
  /** Opens its list or its definition. */
  onOpen?: () => void;
}

export function KpiTile({ label, value, unit, note, missed, trend, onOpen }: KpiTileProps) {
  const inside = (
    <>
      <span className={css.words}>
        <span className={css.label}>{label}</span>
        <span className={css.value}>
          {value}
          {unit ? <small> {unit}</small> : null}
        </span>
        {note ? (
          <span className={`${css.note} ${missed ? css.missed : ''}`}>
            {missed ? <Icon of={iWarn} size={14} /> : null}
            {note}
          </span>
        ) : null}
      </span>
      {trend && trend.length > 1 ? <Sparkline values={trend} /> : null}
    </>
  );
  return onOpen ? (
    <button type="button" className={`${css.tile} ${css.opens}`} onClick={onOpen}>
      {inside}
    </button>
  ) : (
    <div className={css.tile}>{inside}</div>
  );
}

/** The course of a value, oldest first; never alone, always beside its figure. */
function Sparkline(props: { values: readonly number[]; width?: number; height?: number }) {
  const { values, width = 72, height = 30 } = props;
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const points = values.map((value, index) => [
    3 + (index / Math.max(1, values.length - 1)) * (width - 6),
    height - 3 - ((value - low) / span) * (height - 6),
  ]);
  const [x, y] = points.at(-1) ?? [0, 0];
  return (
    <svg className={css.spark} width={width} height={height} aria-hidden="true">
      <polyline
        points={points.map((point) => point.map((n) => n.toFixed(1)).join(',')).join(' ')}
      />
      <circle cx={x} cy={y} r="2.5" />
    </svg>
  );
}

export interface RingProps {
  /** 1 is full, 0 is empty. */
  share: number;
  /** What stands in the middle. */
  children: ReactNode;
  late?: boolean;
  size?: 52 | 72;
  /** A countdown is a timer; its announcements are the caller's. */
  timer?: boolean;
  label?: string;
}

export function Ring({ share, children, late, size = 52, timer, label }: RingProps) {
  const radius = 23;
  const round = 2 * Math.PI * radius;
  return (
    <div
      className={`${css.ring} ${late ? css.late : ''} ${size === 72 ? css.large : ''}`}
      {...(timer ? { role: 'timer', 'aria-label': label } : {})}
    >
      <svg viewBox="0 0 52 52" aria-hidden="true">
        <circle className={css.rest} cx="26" cy="26" r={radius} />
        <circle
          className={css.gone}
          cx="26"
          cy="26"
          r={radius}
          strokeDasharray={`${Math.max(0, Math.min(1, share)) * round} ${round}`}
        />
      </svg>
      <span>{children}</span>
    </div>
  );
}

/** Used and free places, 4 of 6. */
export function CapacityMeter({ used, of }: { used: number; of: number }) {
  return (
    <span className={css.capacity} aria-hidden="true">
      {Array.from({ length: of }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the places have no other name
        <span key={index} className={index < used ? css.taken : ''} />
      ))}
    </span>
  );
}
