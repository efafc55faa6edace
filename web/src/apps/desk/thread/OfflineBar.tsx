/** The line is broken: what waits, that it goes out in order, and a way to try at once. Amber, not red. */
import { useChanges } from '../../../chat/hooks';
import { clock } from '../../../core/format';
import { t } from '../../../locales/desk';
import { Icon } from '../../../ui';
import { iRefresh } from '../../../ui/icons';
import { lineLostAt, live } from '../line';
import css from './OfflineBar.module.css';

export function OfflineBar() {
  useChanges(live.store);
  const waiting = live.outbox.list.filter((one) => one.state === 'queued').length;
  const lost = lineLostAt();
  return (
    <div className={css.bar} role="status">
      <Icon of={iRefresh} size={16} />
      <b>{lost ? t('line.lost', { time: clock(lost) }) : t('line.connecting')}</b>
      <span className={css.text}>
        {waiting ? t('line.waiting', { n: waiting }) : t('line.safe')}
      </span>
      <span className={css.space} />
      <button
        type="button"
        className={css.again}
        onClick={() => {
          live.link.stop();
          live.link.start();
        }}
      >
        {t('line.again')}
      </button>
    </div>
  );
}
