/** A long list of which only what is in sight is drawn; every row keeps its height, so nothing jumps. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { ScrollBox } from './ScrollBox';
import type { VirtualListProps } from './VirtualList';
import css from './VirtualList.module.css';

export function LongList<T>(props: VirtualListProps<T>) {
  const { items, itemKey, height, measured, gap = 0, padding = 0, current } = props;
  const own = useRef<HTMLDivElement>(null);
  const box = props.scroller ?? own;
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    getItemKey: (index) => itemKey(items[index] as T),
    overscan: 6,
    // Before the box is measured it may be as high as the window: its rows are drawn with the rest, not after it.
    initialRect: { width: innerWidth, height: innerHeight },
    gap,
    paddingStart: padding,
    paddingEnd: padding,
  });
  const at = current ? items.findIndex((item) => itemKey(item) === current) : -1;
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' });
  }, [at, rows]);
  return (
    <ScrollBox box={box} before={props.before} className={props.className} onTop={props.onTop}>
      <ul className={css.list} aria-label={props.label} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const item = items[row.index] as T;
          return (
            <li
              key={row.key}
              data-index={row.index}
              ref={measured ? rows.measureElement : undefined}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              className={css.row}
              style={{
                transform: `translateY(${row.start}px)`,
                ...(measured ? {} : { height: row.size }),
              }}
            >
              {props.children(item, row.index)}
            </li>
          );
        })}
      </ul>
    </ScrollBox>
  );
}
