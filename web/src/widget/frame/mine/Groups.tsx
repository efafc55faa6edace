/** The groups that the client is in: what was told there, matched with the client now, and a way out. */
import { useCallback, useEffect, useState } from 'react';
import { moment } from '../../../core/format';
import { t } from '../../../locales/mine';
import type { Client } from '../client';
import css from '../frame.module.css';
import { Press } from '../parts';
import * as data from './data';

export function Groups({ client }: { client: Client }) {
  const [groups, setGroups] = useState<data.Group[]>([]);
  const [open, setOpen] = useState<data.Told | null>(null);
  const load = useCallback(
    () =>
      client.attempt(async () => {
        setGroups((await data.groups()).items);
        setOpen(null);
      }),
    [client],
  );
  useEffect(() => {
    void load();
  }, [load]);
  if (!groups.length) return null;
  const leave = (id: string) =>
    void client.attempt(() => data.leaveGroup(id, client.me.id)).then(() => void load());
  return (
    <section className={css.card}>
      <h2 className={css.head}>{t('groups.title')}</h2>
      <p className={css.soft}>{t('groups.note')}</p>
      {groups.map((one) => (
        <div key={one.id}>
          <p>
            <b>{one.name}</b>
          </p>
          {open?.group.id === one.id ? (
            open.items.length ? (
              open.items.map((post) => (
                <p key={post.id}>
                  <small className={css.soft}>{moment(post.at)}</small>
                  <br />
                  {post.body ? post.body.text : post.locked?.detail}
                  {post.body?.cards?.map((card) => (
                    <span key={card.title}>
                      <br />
                      {card.title} {card.risk}
                    </span>
                  ))}
                </p>
              ))
            ) : (
              <p className={css.soft}>{t('groups.none')}</p>
            )
          ) : (
            <Press
              small
              wide={false}
              onPress={() => void client.attempt(async () => setOpen(await data.told(one.id)))}
            >
              {t('groups.open')}
            </Press>
          )}{' '}
          <Press small wide={false} onPress={() => leave(one.id)}>
            {t('groups.leave')}
          </Press>
        </div>
      ))}
    </section>
  );
}
