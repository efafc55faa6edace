/** Whom the client has muted or blocked, and who could be. */
import { type ReactNode, useState } from 'react';
import type { PersonCard } from '../../../core/protocol';
import { t } from '../../../locales/mine';
import { Avatar } from '../../../ui/Avatar';
import { type Client, spoken } from '../client';
import css from '../frame.module.css';
import { Press, roleName } from '../parts';
import * as data from './data';
import own from './mine.module.css';

export function People(props: {
  client: Client;
  bars: data.Contact['bars'];
  onChanged: () => void;
}) {
  const { client, bars, onChanged } = props;
  const [sure, setSure] = useState('');
  const barred = new Set(bars.map((one) => one.person.id));
  const near = [client.home?.advisor, client.header?.handler].filter(
    (one): one is PersonCard => Boolean(one) && !barred.has((one as PersonCard).id),
  );
  const free = near.filter((one, n) => near.findIndex((each) => each.id === one.id) === n);
  const act = (what: () => Promise<unknown>) =>
    void client
      .attempt(async () => {
        await what();
        setSure('');
        await client.refresh();
      })
      .then(onChanged);
  const blocked = new Set(bars.filter((one) => one.kind === 'block').map((one) => one.person.id));
  const block = (id: string) => (
    <Press
      small
      wide={false}
      onPress={() => (sure === id ? act(() => data.lay(id, 'block')) : setSure(id))}
    >
      {t(sure === id ? 'people.block.sure' : 'people.block')}
    </Press>
  );
  return (
    <section className={css.card}>
      <h2 className={css.head}>{t('people.title')}</h2>
      {free.length + bars.length ? null : <p className={css.soft}>{t('people.none')}</p>}
      {free.map((one) => (
        <Person key={one.id} one={one}>
          <Press small wide={false} onPress={() => act(() => data.lay(one.id, 'mute'))}>
            {t('people.mute')}
          </Press>
          {block(one.id)}
        </Person>
      ))}
      {bars.map(({ kind, person }) => (
        <Person
          key={kind + person.id}
          one={spoken(person)}
          state={t(kind === 'block' ? 'people.blocked' : 'people.muted')}
        >
          <Press small wide={false} onPress={() => act(() => data.lift(person.id, kind))}>
            {t('people.lift')}
          </Press>
          {blocked.has(person.id) ? null : block(person.id)}
        </Person>
      ))}
    </section>
  );
}

function Person(props: { one: PersonCard; state?: string; children: ReactNode }) {
  const { one, state } = props;
  return (
    <div className={own.person}>
      <Avatar name={one.name} photo={one.photo} />
      <div className={css.grow}>
        <b>{one.name}</b>
        <p className={css.soft}>{state ?? roleName(one.role)}</p>
        {one.code ? <p className={`${css.soft} ${css.code}`}>{one.code}</p> : null}
      </div>
      <div className={own.acts}>{props.children}</div>
    </div>
  );
}
