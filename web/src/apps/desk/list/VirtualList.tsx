/** A list of rows: a short one is drawn as it is; of a long one only what is in sight. */
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { late } from '../../../ui/late';
import { ScrollBox } from './ScrollBox';
import css from './VirtualList.module.css';

export interface VirtualListProps<T> {
  label: string;
  items: readonly T[];
  itemKey: (item: T) => string;
  /** Height of a row in pixels; measured afterwards where `measured`. */
  height: number;
  measured?: boolean;
  gap?: number;
  padding?: number;
  children: (item: T, index: number) => ReactNode;
  /** Kept in sight. */
  current?: string | null;
  /** Stands above the rows and scrolls with them. */
  before?: ReactNode;
  className?: string;
  onTop?: (atTop: boolean) => void;
  scroller?: RefObject<HTMLDivElement | null>;
}

/** Up to so many rows cost less than the arithmetic that would leave some out. */
const SHORT = 40;

const LongList = late(() =>
  import('./LongList').then((m) => m.LongList as typeof m.LongList<unknown>),
);

export function VirtualList<T>(props: VirtualListProps<T>) {
  return props.items.length > SHORT ? (
    <LongList {...(props as unknown as VirtualListProps<unknown>)} />
  ) : (
    <ShortList {...props} />
  );
}

function ShortList<T>(props: VirtualListProps<T>) {
  const { items, itemKey, height, measured, gap = 0, padding = 0, current } = props;
  const own = useRef<HTMLDivElement>(null);
  const box = props.scroller ?? own;
  useEffect(() => {
    if (!current) return;
    box.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'nearest' });
  }, [current, box]);
  return (
    <ScrollBox box={box} before={props.before} className={props.className} onTop={props.onTop}>
      <ul className={css.short} aria-label={props.label} style={{ gap, padding: `${padding}px 0` }}>
        {items.map((item, index) => (
          <li
            key={itemKey(item)}
            data-current={itemKey(item) === current || undefined}
            style={measured ? undefined : { height }}
          >
            {props.children(item, index)}
          </li>
        ))}
      </ul>
    </ScrollBox>
  );
}
