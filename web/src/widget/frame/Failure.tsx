/** Before there is anything to show, and when there cannot be. */
import type { ApiError } from '../../core/http';
import { t } from '../../locales/widget';
import { Icon } from '../../ui/Icon';
import { iMin, iWarn } from '../../ui/icons';
import css from './frame.module.css';
import { IconPress, Press } from './parts';

export function Failure(props: { problem: ApiError; onRetry: () => void; onClose?: () => void }) {
  const { problem, onRetry, onClose } = props;
  const text =
    problem.code === 'network'
      ? t('fail.network')
      : problem.code === 'identity'
        ? t('fail.identity')
        : problem.status === 401
          ? problem.detail || t('fail.signedout')
          : problem.detail;
  return (
    <div className={css.app}>
      <header className={css.top}>
        <span className={css.grow} />
        {onClose ? <IconPress icon={iMin} label={t('close')} onPress={onClose} /> : null}
      </header>
      <main className={css.failure} role="alert">
        <span className={css.disc}>
          <Icon of={iWarn} size={24} />
        </span>
        <h1 className={css.lead}>{t('fail.title')}</h1>
        <p className={css.soft}>{text}</p>
        {problem.id ? <p className={css.code}>{t('fail.number', { id: problem.id })}</p> : null}
        <Press wide={false} onPress={onRetry}>
          {t('retry')}
        </Press>
      </main>
    </div>
  );
}

/** Shaped like the first screen. */
export function Skeleton() {
  return (
    <div className={css.app} aria-busy="true">
      <div className={css.top} />
      <div className={css.skeleton}>
        <span />
        <span />
        <span />
      </div>
    </div>
  );
}
