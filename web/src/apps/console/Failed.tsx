/** Why something was not done, above the form that asked for it. */
import { ApiError } from '../../core/http';
import { t } from '../../locales/console';
import css from './staff.module.css';

export function Failed({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <p role="alert" className={css.failed}>
      {error instanceof ApiError ? error.detail : t('error.title')}
    </p>
  );
}
