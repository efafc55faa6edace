/** Where the client comes from, and that the conversation is on the record: one calm line. */
import { t } from '../../../locales/desk';
import { Icon, Mid } from '../../../ui';
import { iExt, iRec } from '../../../ui/icons';
import { useWide } from '../../../ui/useWide';
import type { Header } from '../data';
import css from './Ribbon.module.css';

export function Ribbon(props: { header: Header; entries: number; onWhy: () => void }) {
  const { header, onWhy } = props;
  const wide = useWide(768);
  const desk = useWide(1024);
  const page = header.context;
  return (
    <div className={css.ribbon}>
      {wide && page?.title ? (
        <>
          <Icon of={iExt} size={16} />
          {page.url && /^https?:\/\//.test(page.url) ? (
            <a
              className={`${css.from} ${css.link}`}
              href={page.url}
              title={t('ribbon.open')}
              target="_blank"
              rel="noopener noreferrer"
            >
              {t('ribbon.from', { title: page.title })}
            </a>
          ) : (
            <span className={css.from}>{t('ribbon.from', { title: page.title })}</span>
          )}
        </>
      ) : null}
      <button type="button" className={css.why} onClick={onWhy}>
        {t('why.link')}
      </button>
      <span className={css.space} />
      <span className={css.record}>
        <Icon of={iRec} size={16} />
        {t('ribbon.record')}
        {desk ? (
          <>
            <Mid />
            {t('ribbon.numbers', { n: Math.max(header.shared, props.entries) })}
          </>
        ) : null}
      </span>
    </div>
  );
}
