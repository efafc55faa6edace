/** Somebody else is to serve the client: from when on, who, and what the client says to it. */
import { useEffect, useState } from 'react';
import { isoDay } from '../../core/format';
import type { PersonCard } from '../../core/protocol';
import { t } from '../../locales/widget';
import { type Client, spoken } from './client';
import css from './frame.module.css';
import { Press, roleName } from './parts';
import { api } from './session';

interface Planned {
  effective_at: number;
  advisor: PersonCard;
  successor: PersonCard | null;
  choices: PersonCard[];
  wish: 'agreed' | 'chosen' | 'refused' | null;
}

export function Handover({ client }: { client: Client }) {
  const [plan, setPlan] = useState<Planned | null>(null);
  const [choosing, setChoosing] = useState(false);
  const load = async () =>
    setPlan((await api.get<{ handover: Planned | null }>('/api/client/handover')).handover);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once, and after each answer
  useEffect(() => {
    void client.attempt(load);
  }, []);
  if (!plan?.successor) return null;
  const { wish } = plan;
  const [advisor, successor] = [spoken(plan.advisor), spoken(plan.successor)];
  const choices = plan.choices.map(spoken);
  const say = (body: { wish: string; choice?: string }) =>
    void client.attempt(async () => {
      await api.post('/api/client/handover', body);
      setChoosing(false);
      await load();
    });
  const line = (one: PersonCard) =>
    [roleName(one.role), one.branch, one.code].filter(Boolean).join(' · ');
  return (
    <section className={css.card} aria-label={t('handover.title')}>
      <h3 className={css.lead}>{t('handover.title')}</h3>
      <p>
        {t('handover.text', {
          day: isoDay(plan.effective_at),
          name: successor.name,
          former: advisor.name,
        })}
      </p>
      <p className={css.soft}>{line(successor)}</p>
      {wish ? <p role="status">{t(`handover.${wish}`, { name: successor.name })}</p> : null}
      {choosing ? (
        <ul className={css.list}>
          {choices.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                className={css.line}
                onClick={() => say({ wish: 'chosen', choice: one.id })}
              >
                <span className={css.grow}>
                  <b>{one.name}</b>
                  <span className={css.soft}>{line(one)}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <div className={css.buttons}>
          {wish && wish !== 'refused' ? null : (
            <Press kind="primary" onPress={() => say({ wish: 'agreed' })}>
              {t('handover.agree')}
            </Press>
          )}
          {choices.length ? (
            <Press onPress={() => setChoosing(true)}>{t('gone.other')}</Press>
          ) : null}
          {wish === 'refused' ? null : (
            <Press kind="ghost" onPress={() => say({ wish: 'refused' })}>
              {t('handover.stay', { name: advisor.name })}
            </Press>
          )}
        </div>
      )}
    </section>
  );
}
