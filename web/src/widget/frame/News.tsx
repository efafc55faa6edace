/** What the firm tells the client on the first page: a breach of personal information, and that somebody else is to serve. */
import { type ReactNode, useEffect, useState } from 'react';
import { isoDay } from '../../core/format';
import { language } from '../../core/i18n';
import type { PersonCard } from '../../core/protocol';
import { speak, t } from '../../locales/news';
import { Icon } from '../../ui/Icon';
import { iRight, iShield } from '../../ui/icons';
import { type Client, spoken } from './client';
import css from './frame.module.css';
import own from './news.module.css';
import { Press, roleName } from './parts';
import { api } from './session';

/** Drawn once its words are there. */
const worded = (Screen: (props: { client: Client }) => ReactNode) =>
  function Worded(props: { client: Client }) {
    const [words, setWords] = useState('');
    const wanted = language();
    useEffect(() => {
      void speak(wanted).then(() => setWords(wanted));
    }, [wanted]);
    return words === wanted ? <Screen {...props} /> : null;
  };

/** That something of the client's has leaked; the notice itself is in the conversation. */
export const Breach = worded(({ client }) => {
  const breach = client.home?.breach;
  if (!breach) return null;
  return (
    <div className={own.breach} role="status">
      <button
        type="button"
        className={css.line}
        onClick={() => void client.attempt(() => client.show(breach.conversation))}
      >
        <Icon of={iShield} />
        <span className={css.grow}>
          <b>{t('breach.title')}</b>
          <span className={own.day}>{t('breach.day', { day: isoDay(breach.at) })}</span>
        </span>
        <Icon of={iRight} size={16} />
      </button>
    </div>
  );
});

interface Planned {
  effective_at: number;
  advisor: PersonCard;
  successor: PersonCard | null;
  choices: PersonCard[];
  wish: 'agreed' | 'chosen' | 'refused' | null;
}

/** From when on, who, and what the client says to it. */
export const Handover = worded(function Handover({ client }) {
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
  const line = (one: PersonCard) => (
    <>
      <span className={css.soft}>
        {[roleName(one.role), one.branch].filter(Boolean).join(' · ')}
      </span>
      <span className={`${css.soft} ${css.code}`}>{one.code}</span>
    </>
  );
  return (
    <section className={css.card} aria-label={t('title')}>
      <h3 className={css.lead}>{t('title')}</h3>
      <p>
        {t('text', {
          day: isoDay(plan.effective_at),
          name: successor.name,
          former: advisor.name,
        })}
      </p>
      <p>{line(successor)}</p>
      {wish ? <p role="status">{t(`wish.${wish}`, { name: successor.name })}</p> : null}
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
                  {line(one)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <div className={css.buttons}>
          {wish && wish !== 'refused' ? null : (
            <Press onPress={() => say({ wish: 'agreed' })}>{t('agree')}</Press>
          )}
          {choices.length ? <Press onPress={() => setChoosing(true)}>{t('other')}</Press> : null}
          {wish === 'refused' ? null : (
            <Press onPress={() => say({ wish: 'refused' })}>
              {t('stay', { name: advisor.name })}
            </Press>
          )}
        </div>
      )}
    </section>
  );
});
