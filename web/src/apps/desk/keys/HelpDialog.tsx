/** The keyboard map on one page. */
import { t } from '../../../locales/desk';
import { Dialog } from '../../../ui';
import css from './HelpDialog.module.css';
import { bindings, commands } from './map';
import { singleKeys } from './prefs';

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const singles = singleKeys();
  return (
    <Dialog title={t('keys.title')} open wide onClose={onClose}>
      {singles ? null : <p className={css.note}>{t('keys.off')}</p>}
      <dl className={css.map}>
        {commands.map((command) => {
          const keys = bindings.filter(
            (one) => one.command === command && (singles || !one.single),
          );
          if (!keys.length) return null;
          return (
            <div key={command} className={css.line}>
              <dt>{t(`keys.${command}`)}</dt>
              <dd>
                {keys.map((one) => (
                  <kbd key={one.keys} className={css.key}>
                    {one.keys}
                  </kbd>
                ))}
              </dd>
            </div>
          );
        })}
        <div className={css.line}>
          <dt>{t('keys.insert')}</dt>
          <dd>
            <kbd className={css.key}>Tab</kbd>
            <kbd className={css.key}>{'Alt 1–3'}</kbd>
          </dd>
        </div>
        <div className={css.line}>
          <dt>{t('verdict.rewrite')}</dt>
          <dd>
            <kbd className={css.key}>{'Ctrl .'}</kbd>
          </dd>
        </div>
      </dl>
    </Dialog>
  );
}
