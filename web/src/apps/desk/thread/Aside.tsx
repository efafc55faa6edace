/** Until when I have set the open conversation aside, and the way back. */
import { t } from '../../../locales/desk';
import { Icon } from '../../../ui';
import { iClock } from '../../../ui/icons';
import { isLater, useRows } from '../data';
import { takeUp, whenName } from './later';
import css from './OfflineBar.module.css';

export function Aside({ id, name }: { id: string; name: string }) {
  const rows = useRows('open');
  const row = rows.data?.items.find((one) => one.id === id);
  if (!row || !isLater(row)) return null;
  return (
    <div className={`${css.bar} ${css.calm}`} role="status">
      <Icon of={iClock} size={16} />
      <span className={css.text}>{t('later.until', { when: whenName(row.later_until ?? 0) })}</span>
      <span className={css.space} />
      <button type="button" className={css.again} onClick={() => void takeUp(id, name)}>
        {t('later.back')}
      </button>
    </div>
  );
}
