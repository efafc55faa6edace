/** The foot of a list that comes in pages. */
import { t } from '../locales/common';
import { Button } from './Button';
import css from './Pager.module.css';

export function Pager(props: { shown: number; more: boolean; busy?: boolean; onMore: () => void }) {
  return (
    <div className={css.pager}>
      <span>{t('pager.shown', { n: props.shown })}</span>
      {props.more ? (
        <Button onPress={props.onMore} isDisabled={props.busy}>
          {t('pager.more')}
        </Button>
      ) : null}
    </div>
  );
}
