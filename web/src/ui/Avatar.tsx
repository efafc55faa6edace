/** People are round, machines are square. A photo where there is one, else the first sign of the name. */
import type { Presence } from '../core/protocol';
import css from './Avatar.module.css';
import { Icon } from './Icon';
import { iBot } from './icons';

export interface AvatarProps {
  name: string;
  photo?: string | null;
  machine?: boolean;
  presence?: Presence | null;
  /** The word for the presence, for assistive technology. */
  presenceLabel?: string;
  size?: 28 | 40 | 64;
}

/** The same person keeps the same of six tints. */
function tint(name: string): string {
  let sum = 0;
  for (const sign of name) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9973;
  return css[`t${(sum % 6) + 1}`] ?? '';
}

function initial(name: string): string {
  const [first = '–'] = [...name.trim()];
  return first.toUpperCase();
}

export function Avatar(props: AvatarProps) {
  const { name, photo, machine, presence, presenceLabel, size = 40 } = props;
  const shape = `${css.avatar} ${css[`s${size}`]}`;
  if (machine) {
    return (
      <span className={`${shape} ${css.machine}`}>
        <Icon of={iBot} size={size === 28 ? 16 : 20} />
      </span>
    );
  }
  return (
    <span className={`${shape} ${photo ? '' : tint(name)}`}>
      {photo ? (
        <img className={css.photo} src={photo} alt="" loading="lazy" />
      ) : (
        <span aria-hidden="true">{initial(name)}</span>
      )}
      {presence ? (
        <span className={`${css.presence} ${css[presence]}`}>
          {presenceLabel ? <span className="visually-hidden">{presenceLabel}</span> : null}
        </span>
      ) : null}
    </span>
  );
}
