/** While nobody has joined yet: where the request stands, an honest estimate, and three ways out. */

import { useNow } from '../../chat/hooks';
import { serverNow } from '../../core/clock';
import { clock, duration, isoDay } from '../../core/format';
import type { Choice, Request } from '../../core/protocol';
import { t } from '../../locales/widget';
import { Icon } from '../../ui/Icon';
import { iBell, iCal, iCheck, iMail, iPerson, iSwap } from '../../ui/icons';
import { type Client, isLive } from './client';
import css from './frame.module.css';
import { Press, Refusal } from './parts';

const stages = {
  waiting: 'wait.stage.sought',
  held: 'wait.stage.hold',
  offered: 'wait.stage.offer',
  pooled: 'wait.stage.pool',
} as const;

export function Waiting({ client }: { client: Client }) {
  const { request } = client;
  if (!request) return null;
  if (isLive(request)) return <Queue client={client} request={request} />;
  if (request.state === 'scheduled' || request.state === 'message_left') {
    return <Later client={client} request={request} />;
  }
  if (request.state === 'abandoned') {
    return (
      <section className={css.card}>
        <h2 className={css.lead}>{t('wait.ended')}</h2>
        <p className={css.soft}>{t('wait.ended.text')}</p>
        <Press kind="primary" onPress={() => void client.attempt(() => client.again())}>
          {t('wait.again')}
        </Press>
        <Refusal problem={client.problem} />
      </section>
    );
  }
  return null;
}

function Queue({ client, request }: { client: Client; request: Request }) {
  const now = useNow(1_000, serverNow);
  const waited = Math.max(0, (now - request.opened_at) / 1000);
  const { seconds, count } = request.estimate;
  const own = request.advisor ?? client.home?.advisor ?? null;
  // Only who was really asked, or is kept for, is named: the own advisor may not be licensed for this.
  const asked = request.stage === 'own' && request.state === 'offered';
  const only = request.stage === 'own' && request.wait === 'mine';
  const mine = own && (asked || only || request.state === 'held');
  // Where the own advisor may not serve this, nothing is promised in his name.
  const may = own && (mine || request.choices.includes('wait'));
  const stage = asked ? 'wait.stage.own' : only ? 'wait.stage.only' : null;
  return (
    <>
      <section className={css.card} aria-live="polite">
        <p className={css.soft}>{mine ? t('wait.with', { name: own.name }) : t('wait.any')}</p>
        <div className={css.estimate}>
          <b className={request.stranded || seconds === null ? css.unknown : css.figure}>
            {request.stranded
              ? mine
                ? t('wait.stranded.own', { name: own.name })
                : t('wait.stranded')
              : seconds === null
                ? t('wait.unknown')
                : t('wait.about', { time: duration(Math.max(30, seconds)) })}
          </b>
          {request.position === null || request.stranded ? null : (
            <span>
              {request.position > 1
                ? t('wait.position', { n: request.position - 1 })
                : t('wait.position.none')}
            </span>
          )}
        </div>
        <p className={css.soft}>
          {request.stranded
            ? t('wait.stranded.text')
            : seconds === null
              ? t('wait.unknown.why')
              : t('wait.estimate', { n: count })}
        </p>
        <ol className={css.steps}>
          <li>
            <Icon of={iCheck} size={16} />
            <span className={css.grow}>{t('wait.kept')}</span>
            <time>{clock(request.opened_at)}</time>
          </li>
          <li className={css.now}>
            <span className={css.pulse} aria-hidden="true" />
            <b className={css.grow}>
              {t(stage ?? stages[request.state as keyof typeof stages] ?? 'wait.stage.sought')}
            </b>
            <span aria-hidden="true">{t('wait.since', { time: duration(waited) })}</span>
          </li>
        </ol>
      </section>
      <Ways client={client} request={request} name={may ? own.name : null} />
    </>
  );
}

const icons = {
  stay: iBell,
  wait: iPerson,
  message: iMail,
  slot: iCal,
  another: iSwap,
} as const;

function Ways(props: { client: Client; request: Request; name: string | null }) {
  const { client, request, name } = props;
  const only = request.wait === 'mine';
  const all = request.state === 'pooled';
  const more = all ? 'wait.all.asked' : request.stage === 'offer' ? 'wait.all' : null;
  const open = {
    stay: !only,
    wait: Boolean(name) && (only || request.choices.includes('wait')),
    message: request.choices.includes('message'),
    slot: Boolean(request.slots),
    // Where everybody is asked already, it is said, and nothing can be pressed.
    another: request.choices.includes('another') || all,
  };
  const ways = (Object.keys(icons) as (keyof typeof icons)[]).filter((way) => open[way]);
  const chosen = only ? 'wait' : 'stay';
  const choose = (way: Choice) => void client.attempt(() => client.choose(way));
  const words = name ? { name } : undefined;
  const take = (way: (typeof ways)[number]) => {
    if (way === 'slot') client.go('night');
    else if (way !== 'stay' && way !== chosen) choose(way);
  };
  return (
    <>
      <h3 className={css.head}>
        {t('wait.can')}
        <button type="button" className={css.link} onClick={() => choose('cancel')}>
          {t('wait.cancel')}
        </button>
      </h3>
      <fieldset className={css.list} aria-label={t('wait.can')}>
        {ways.map((way) => (
          <button
            key={way}
            type="button"
            aria-pressed={way === chosen}
            disabled={all && way === 'another'}
            className={`${css.line} ${way === chosen ? css.chosen : ''}`}
            onClick={() => take(way)}
          >
            <Icon of={icons[way]} />
            <span className={css.grow}>
              <b>
                {way === 'message' && name
                  ? t('wait.message.to', { name })
                  : t(`wait.${way}`, words)}
              </b>
              <span className={css.soft}>
                {t((way === 'another' && more) || `wait.${way}.text`)}
              </span>
            </span>
            <span className={css.radio} aria-hidden="true" />
          </button>
        ))}
      </fieldset>
      <Refusal problem={client.problem} />
    </>
  );
}

function Later({ client, request }: { client: Client; request: Request }) {
  const at = request.slot_at;
  const booked = request.state === 'scheduled' && at;
  return (
    <section className={css.card}>
      <p className={css.record}>
        <Icon of={booked ? iCal : iMail} />
        <b>
          {booked
            ? t('wait.booked', { time: `${isoDay(at).slice(5)} ${clock(at)}` })
            : t('wait.left')}
        </b>
      </p>
      <Press kind="ghost" small onPress={() => void client.attempt(() => client.choose('cancel'))}>
        {t('wait.cancel')}
      </Press>
      <Refusal problem={client.problem} />
    </section>
  );
}
