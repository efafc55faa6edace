/** What is held of the client, part by part with its source, and the way home with it. */
import { useEffect, useState } from 'react';
import { moment } from '../../../core/format';
import { t } from '../../../locales/mine';
import type { Client } from '../client';
import css from '../frame.module.css';
import { Press } from '../parts';
import * as data from './data';
import own from './mine.module.css';

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const FORMS: data.Form[] = ['html', 'pdf', 'json'];

export function Held({ client }: { client: Client }) {
  const [parts, setParts] = useState<data.Part[]>([]);
  useEffect(() => {
    void client.attempt(async () => setParts((await data.portrait()).items));
  }, [client]);
  return (
    <>
      <h2 className={css.head}>{t('data.title')}</h2>
      {parts
        .filter((one) => one.total)
        .map((one) => (
          <details key={one.name} className={own.part}>
            <summary>
              <span className={css.grow}>{one.title}</span>
              <span className={css.soft}>{t('data.rows', { n: one.total })}</span>
            </summary>
            <p className={css.soft}>{one.explanation}</p>
            {one.total > one.rows.length ? (
              <p className={css.soft}>{t('data.more', { n: one.rows.length })}</p>
            ) : null}
            <ul className={own.rows}>
              {one.rows.map((row, n) => (
                <li key={String(n)}>{line(row)}</li>
              ))}
            </ul>
          </details>
        ))}
      <section className={css.card}>
        <p>
          <b>{t('data.copy')}</b>
        </p>
        <div className={own.pair}>
          {FORMS.map((form) => (
            <Press key={form} small onPress={() => void client.attempt(() => data.takeHome(form))}>
              {t(`data.${form}`)}
            </Press>
          ))}
        </div>
        <p className={css.soft}>{t('data.note')}</p>
      </section>
    </>
  );
}

/** The values of a row that say something, in one line. */
function line(row: Record<string, unknown>): string {
  return Object.values(row)
    .map(worded)
    .filter((one) => one !== '')
    .join(' · ');
}

function worded(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'string') return MOMENT.test(value) ? moment(Date.parse(value)) : value;
  if (Array.isArray(value)) return value.map(worded).filter(Boolean).join(', ');
  if (typeof value === 'object') {
    const { text } = value as { text?: unknown };
    return typeof text === 'string'
      ? text
      : Object.values(value as object)
          .map(worded)
          .filter(Boolean)
          .join(' ');
  }
  return String(value);
}
