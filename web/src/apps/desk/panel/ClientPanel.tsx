/** What I may know of the client here: where he comes from, what was said before, how the firm has connected us. */
import { lazy, memo, type ReactNode, Suspense } from 'react';
import { isoDay, moment } from '../../../core/format';
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import { ErrorState, Icon, Link, Loading, Parts } from '../../../ui';
import { iExt } from '../../../ui/icons';
import { Tabs } from '../../../ui/Tabs';
import { type ClientDetail, useClient } from '../data';
import { basisName, languageName, stateName, topicName } from '../words';
import css from './ClientPanel.module.css';
import { Notes, NotesTitle } from './Notes';

/** Fetched with the panel; where the line is gone just then, the panel does without it, and the conversation stays. */
const Suitability = lazy(() =>
  import('./Suitability')
    .then((m) => ({ default: m.Suitability }))
    .catch(() => ({ default: Nothing })),
);

export const ClientPanel = memo(function ClientPanel(props: {
  client: string | null;
  /** The open conversation, which is not a past one. */
  current?: string | null;
}) {
  const { client, current } = props;
  const detail = useClient(client);
  if (detail.isPending) return <Loading rows={5} />;
  if (detail.isError) {
    return <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />;
  }
  const { data } = detail;
  const profile = (
    <>
      <Level data={data} client={client} current={current} />
      <Visits list={data.context} />
      <Contacts list={data.contacts?.filter((one) => one.conversation !== current)} />
    </>
  );
  return (
    <div className={css.panel}>
      <Tabs
        key={client}
        label={t('head.panel')}
        items={[
          { id: 'profile', text: t('panel.profile'), content: profile },
          ...(current
            ? [
                {
                  id: 'notes',
                  text: <NotesTitle conversation={current} />,
                  content: <Notes conversation={current} />,
                },
              ]
            : []),
          {
            id: 'history',
            text: t('panel.records'),
            content: <History list={data.connections} />,
          },
        ]}
      />
    </div>
  );
});

function Section(props: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.section}>
      <h3 className={css.title}>
        {props.title}
        {props.aside ? <span>{props.aside}</span> : null}
      </h3>
      {props.children}
    </section>
  );
}

function Level(props: { data: ClientDetail; client: string | null; current?: string | null }) {
  const { language, since } = props.data.client;
  return (
    <Section title={t('panel.level')}>
      <Suspense>
        {props.client ? <Suitability client={props.client} conversation={props.current} /> : null}
      </Suspense>
      <dl className={css.facts}>
        {language ? (
          <div>
            <dt>{t('panel.language')}</dt>
            <dd>{languageName(language)}</dd>
          </div>
        ) : null}
        {since ? (
          <div>
            <dt>{t('panel.since')}</dt>
            <dd>{isoDay(since)}</dd>
          </div>
        ) : null}
      </dl>
    </Section>
  );
}

function Visits({ list = [] }: { list?: ClientDetail['context'] }) {
  const pages = [...new Map(list.toReversed().map((one) => [one.url ?? one.title, one])).values()]
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0))
    .slice(0, 6);
  return (
    <Section title={t('panel.visits')}>
      {pages.length ? (
        <ul className={css.lines}>
          {pages.map((one) => (
            <li key={one.url ?? one.title}>
              {one.at ? <time>{moment(one.at).slice(5)}</time> : null}
              {one.url && /^https?:\/\//.test(one.url) ? (
                <a href={one.url} target="_blank" rel="noopener noreferrer" className={css.what}>
                  {one.title ?? one.url} <Icon of={iExt} size={14} />
                </a>
              ) : (
                <span className={css.what}>{one.title ?? ''}</span>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p className={css.note}>{t('panel.visits.none')}</p>
      )}
    </Section>
  );
}

function Contacts({ list = [] }: { list?: ClientDetail['contacts'] }) {
  return (
    <Section title={t('panel.contacts')} aside={list.length || null}>
      {list.length ? (
        <ul className={css.lines}>
          {list.slice(0, 8).map((one) => {
            const to = one.conversation ?? one.id;
            const text = one.topic ? topicName(one.topic) : t('panel.talk');
            return (
              <li key={`${to}-${one.at}`}>
                <time>{isoDay(one.at).slice(2)}</time>
                {to ? (
                  <Link to={`/conversations/${to}`} className={css.what}>
                    {text}
                  </Link>
                ) : (
                  <span className={css.what}>{text}</span>
                )}
                <em>{one.rating ? t('panel.rated', { n: one.rating }) : t('panel.unrated')}</em>
              </li>
            );
          })}
        </ul>
      ) : (
        <p className={css.note}>{t('panel.contacts.none')}</p>
      )}
    </Section>
  );
}

function History({ list = [] }: { list?: ClientDetail['connections'] }) {
  return (
    <Section title={t('panel.history')}>
      {list.length ? (
        <ol className={css.steps}>
          {list.map((one) => {
            const name =
              typeof one.staff === 'string' ? one.staff : one.staff ? named(one.staff) : '';
            const from = one.established_at ?? one.assigned_at;
            return (
              <li key={one.id} className={one.dissolved_at ? css.past : ''}>
                <b>{name || t('panel.me')}</b>
                <span className={css.note}>
                  <Parts
                    of={[
                      stateName(one.state),
                      one.basis ? basisName(one.basis) : '',
                      from ? isoDay(from) : '',
                      one.dissolved_at ? t('panel.until', { date: isoDay(one.dissolved_at) }) : '',
                    ]}
                  />
                </span>
              </li>
            );
          })}
        </ol>
      ) : (
        <p className={css.note}>{t('panel.history.none')}</p>
      )}
    </Section>
  );
}

function Nothing() {
  return null;
}
