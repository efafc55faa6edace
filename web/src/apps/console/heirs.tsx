/** Clients who change hands, by name: to whom each goes, and that one of them goes to somebody else. */
import { useState } from 'react';
import { named } from '../../core/i18n';
import { t as own } from '../../locales/changes';
import { FindSelect } from '../../ui/FindSelect';
import { Pager } from '../../ui/Pager';
import type { Option } from '../../ui/Select';
import { useMe } from '../session';
import css from './heirs.module.css';
import { useListing } from './listing';
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

const SERVING = ['advisor', 'client_manager', 'broker_agent'];

/** A colleague who may serve clients in the world of this administrator; found by name, page after page. */
export function HeirSelect(props: {
  label: string;
  bare?: boolean;
  value: string | null;
  /** The name of `value` where it was not chosen here. */
  shown?: string | null;
  onChange: (id: string) => void;
  /** Stands before the colleagues. */
  first?: Option;
  /** Is left out. */
  but?: string | null;
  placeholder?: string;
  isDisabled?: boolean;
}) {
  const { first, but, onChange, value } = props;
  const me = useMe();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [picked, setPicked] = useState<Option | null>(null);
  const list = useListing<Member>(
    'heirs',
    '/api/staff',
    [],
    { status: 'active', ...(typed.trim() ? { q: typed.trim() } : {}) },
    open,
  );
  const options = list.rows
    .filter(
      (one) =>
        one.id !== but &&
        one.environment === me.environment &&
        one.roles.some((role) => SERVING.includes(role)),
    )
    .map((one) => ({ id: one.id, text: `${named(one)} · ${named(one.branch)}` }));
  const all = first && !typed.trim() ? [first, ...options] : options;
  const chosen = [picked, first].find((one) => one && one.id === value);
  return (
    <FindSelect
      label={props.label}
      bare={props.bare}
      placeholder={props.placeholder}
      isDisabled={props.isDisabled}
      value={value}
      shown={chosen?.text ?? (value ? (props.shown ?? null) : null)}
      options={all}
      typed={typed}
      onType={setTyped}
      onOpen={(now) => {
        setOpen(now);
        setTyped('');
      }}
      none={own(list.isFetching ? 'heirs.wait' : list.isError ? 'heirs.failed' : 'heirs.none')}
      more={
        list.hasNextPage
          ? { text: own('heirs.more'), bring: () => void list.fetchNextPage() }
          : null
      }
      onChange={(id) => {
        setPicked(all.find((one) => one.id === id) ?? null);
        onChange(id);
      }}
    />
  );
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
  /** Whose clients they are. */
  but: string | null;
  /** Successors named for single clients, by client. */
  chosen?: Record<string, string>;
  /** Without it the list is for reading. */
  onChoose?: (client: string, heir: string) => void;
}) {
  const { lines, but, chosen = {}, onChoose } = props;
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
                <HeirSelect
                  bare
                  but={but}
                  shown={one.successor ? named(one.successor) : null}
                  label={own('handover.for', { client: named(one.client) })}
                  value={heir}
                  onChange={(id) => onChoose?.(one.client.id, id)}
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
