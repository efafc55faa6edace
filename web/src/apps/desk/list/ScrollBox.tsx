/** What a list scrolls in: what stands above its rows goes along, and being at the top is told. */
import type { ReactNode, RefObject } from 'react';
import type { VirtualListProps } from './VirtualList';
import css from './VirtualList.module.css';

type Props = Pick<VirtualListProps<unknown>, 'before' | 'className' | 'onTop'> & {
  box: RefObject<HTMLDivElement | null>;
  children: ReactNode;
};

export function ScrollBox({ box, before, className = '', onTop, children }: Props) {
  return (
    <div
      ref={box}
      className={`${css.scroll} ${className}`}
      onScroll={(event) => onTop?.(event.currentTarget.scrollTop < 8)}
    >
      {before}
      {children}
    </div>
  );
}
