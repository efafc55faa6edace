/** Small parts of the client's side: button, person, notice, refusal. */
import type { ReactNode } from 'react';
import { duration } from '../../core/format';
import type { ApiError } from '../../core/http';
import type { PersonCard, Presence } from '../../core/protocol';
import { t } from '../../locales/widget';
import { Avatar } from '../../ui/Avatar';
import button from '../../ui/Button.module.css';
import { Icon } from '../../ui/Icon';
import { iVerified } from '../../ui/icons';
import css from './frame.module.css';

export function Press(props: {
  kind?: 'plain' | 'primary' | 'ghost';
  icon?: string;
  disabled?: boolean;
  onPress: () => void;
  children: ReactNode;
  wide?: boolean;
  small?: boolean;
}) {
  const { kind = 'plain', icon, wide = true, small } = props;
  return (
    <button
      type="button"
      disabled={props.disabled}
      data-disabled={props.disabled || undefined}
      className={`${button.button} ${button[kind]} ${small ? css.press : button.l} ${wide ? button.wide : ''} ${css.wrap}`}
      onClick={props.onPress}
    >
      {icon ? <Icon of={icon} /> : null}
      {props.children}
    </button>
  );
}

export function IconPress(props: { icon: string; label: string; onPress: () => void }) {
  return (
    <button
      type="button"
      className={css.iconPress}
      aria-label={props.label}
      title={props.label}
      onClick={props.onPress}
    >
      <Icon of={props.icon} />
    </button>
  );
}

export const roleName = (role: string): string => t(`role.${role}` as 'role.advisor');

/** Where a registration code is looked up; the platform's page links the association's register. */
export function Verify({ person }: { person: PersonCard }) {
  const url = person.verify_url ?? (person.code ? `/verify/${person.code}` : null);
  if (!url) return null;
  return (
    <a
      className={css.verify}
      href={url}
      target="_blank"
      rel="noopener"
      aria-label={t('verify.aria', { name: person.name })}
    >
      {t('verify')}
    </a>
  );
}

export function PresenceWord({ presence }: { presence: Presence }) {
  return (
    <span className={css.presence}>
      <span className={`${css.dot} ${css[presence] ?? ''}`} aria-hidden="true" />
      {t(`presence.${presence}`)}
    </span>
  );
}

/** That the code is registered; invented people never count as verified. */
function Seal({ real }: { real: boolean }) {
  return real ? (
    <span className={css.seal}>
      <Icon of={iVerified} size={16} />
      {t('verified')}
    </span>
  ) : (
    <span className={`${css.seal} ${css.invented}`}>{t('simulated.person')}</span>
  );
}

/** Name, face, role: whom the client is across from. */
export function Who(props: { person: PersonCard; real: boolean; own?: boolean; line?: ReactNode }) {
  const { person, own, line } = props;
  return (
    <div className={css.who}>
      <Avatar name={person.name} photo={person.photo} size={64} />
      <div className={css.whoText}>
        <h2 className={css.name}>
          {person.name}
          {person.code ? <Seal real={props.real} /> : null}
        </h2>
        <p>
          {roleName(person.role)}
          {own ? ` · ${t('home.yours')}` : ''}
        </p>
        {line ? <p className={css.soft}>{line}</p> : null}
        {!line && person.branch ? <p className={css.soft}>{person.branch}</p> : null}
      </div>
    </div>
  );
}

export function replyLine(person: PersonCard): string | null {
  return person.usual_reply_s
    ? t('home.reply', { time: duration(Math.max(60, person.usual_reply_s)) })
    : null;
}

/** A refusal in the server's words, with its number. */
export function Refusal({ problem }: { problem: ApiError | null }) {
  return (
    <p className={css.refusal} role="alert">
      {problem
        ? `${problem.code === 'network' ? t('fail.network') : problem.detail}${
            problem.id ? ` (${t('fail.number', { id: problem.id.slice(-8) })})` : ''
          }`
        : ''}
    </p>
  );
}
