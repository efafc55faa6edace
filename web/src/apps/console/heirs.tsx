/** Clients who change hands, by name: to whom each goes, and that one of them goes to somebody else. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { named } from '../../core/i18n';
import { t as own } from '../../locales/changes';
import { Pager } from '../../ui/Pager';
import { type Option, Select } from '../../ui/Select';
import { api, useMe } from '../session';
import css from './heirs.module.css';
import type { Member } from './staffing';

interface Party {
  id: string;
  name: string;
  name_en: string;
}
export interface Line {
  client: Party;
  successor: Party | null;
  held: 'cap' | 'nobody' | null;
  wish: 'agreed' | 'chosen' | 'refused' | null;
  ending: 'moved' | 'kept' | 'gone' | null;
}

/** So many are shown at once. */
const STEP = 20;

/** Colleagues who may serve clients in the world of this administrator, as a choice; `but` is left out. */
export function useHeirs(but: string | null): Option[] {
  const me = useMe();
  const colleagues = useQuery({
    queryKey: ['staff', 'heirs'],
    queryFn: () => api.get<{ items: Member[] }>('/api/staff?status=active&limit=200'),
  });
  return (colleagues.data?.items ?? [])
    .filter(
      (one) =>
        one.id !== but &&
        one.environment === me.environment &&
        one.roles.some((role) => ['advisor', 'client_manager', 'broker_agent'].includes(role)),
    )
    .map((one) => ({ id: one.id, text: `${named(one)} · ${named(one.branch)}` }));
}

/** How it stands with one client, in words. */
const outcome = (one: Line): string =>
  one.ending && one.ending !== 'gone'
    ? own(`handover.ending.${one.ending}`)
    : one.held
      ? own(`handover.held.${one.held}`)
      : one.ending
        ? own('handover.ending.gone')
        : one.wish
          ? own(`handover.wish.${one.wish}`)
          : '';

export function Heirs(props: {
  lines: Line[];
  options: Option[];
  /** Successors named for single clients, by client. */
  chosen?: Record<string, string>;
  /** Without it the list is for reading. */
  onChoose?: (client: string, heir: string) => void;
}) {
  const { lines, options, chosen = {}, onChoose } = props;
  const [shown, setShown] = useState(STEP);
  return (
    <>
      <ul className={css.lines}>
        {lines.slice(0, shown).map((one) => {
          const heir = chosen[one.client.id] ?? one.successor?.id ?? null;
          const fixed = !onChoose || one.held === 'cap' || one.wish || one.ending;
          const word = outcome(one);
          return (
            <li key={one.client.id}>
              <span className={css.client}>
                <b>{named(one.client)}</b>
                {word ? <span>{word}</span> : null}
              </span>
              {fixed ? (
                <span className={css.heir}>{one.successor ? named(one.successor) : '–'}</span>
              ) : (
                <Select
                  bare
                  label={own('handover.for', { client: named(one.client) })}
                  value={heir}
                  onChange={(id) => onChoose?.(one.client.id, id)}
                  options={options}
                />
              )}
            </li>
          );
        })}
      </ul>
      {shown < lines.length ? (
        <Pager shown={shown} more onMore={() => setShown(shown + STEP)} />
      ) : null}
    </>
  );
}
