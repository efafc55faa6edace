/** Icons and the mark. An icon alone needs a label on the control around it. */
import css from './Icon.module.css';

type Shape = [tag: 'path' | 'circle' | 'rect', attributes: Record<string, string>];

const drawn = new Map<string, Shape[]>();

/** The elements that an icon's markup names; read and not injected, since the frame's policy forbids markup from text. */
function shapes(icon: string): Shape[] {
  let found = drawn.get(icon);
  if (!found) {
    found = [...icon.matchAll(/<(path|circle|rect)([^>]*)>/g)].map(([, tag, rest = '']) => [
      tag as Shape[0],
      Object.fromEntries([...rest.matchAll(/([\w-]+)="([^"]*)"/g)].map((one) => [one[1], one[2]])),
    ]);
    drawn.set(icon, found);
  }
  return found;
}

export interface IconProps {
  /** One of `icons.ts`. */
  of: string;
  size?: 14 | 16 | 20 | 24;
  className?: string;
}

export function Icon({ of, size = 20, className = '' }: IconProps) {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className={`${css.icon} ${size < 20 ? css[`s${size}`] : size === 24 ? css.s24 : ''} ${className}`}
    >
      {shapes(of).map(([Tag, attributes], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a drawing have no other name
        <Tag key={index} {...attributes} />
      ))}
    </svg>
  );
}

/** The two half-discs that face each other. */
export function Mark({ size = 28, onDark = false }: { size?: number; onDark?: boolean }) {
  return (
    <svg
      viewBox="0 0 32 32"
      width={size}
      height={size}
      aria-hidden="true"
      className={`${css.mark} ${onDark ? css.onDark : ''}`}
    >
      <path className={css.a} d="M10.6 3.1A14 14 0 0 0 15 29.96z" />
      <path className={css.b} d="M21.4 3.1A14 14 0 0 1 17 29.96z" />
    </svg>
  );
}
