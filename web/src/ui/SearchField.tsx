/** Where one searches: clears itself, and shows the keys that lead to it. */
import { Button as AriaButton } from 'react-aria-components/Button';
import { Input } from 'react-aria-components/Input';
import { SearchField as AriaSearchField } from 'react-aria-components/SearchField';
import { t } from '../locales/common';
import css from './Fields.module.css';
import { Icon } from './Icon';
import { iSearch, iX } from './icons';
import layer from './overlays.module.css';

export interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onSubmit?: (value: string) => void;
  placeholder?: string;
  keys?: string;
  autoFocus?: boolean;
}

export function SearchField({ label, placeholder, keys, ...rest }: SearchFieldProps) {
  return (
    <AriaSearchField {...rest} aria-label={label} className={css.search}>
      <Icon of={iSearch} size={16} />
      <Input className={css.bareInput} placeholder={placeholder ?? label} />
      {rest.value ? (
        <AriaButton className={css.inner} aria-label={t('clear')}>
          <Icon of={iX} size={14} />
        </AriaButton>
      ) : keys ? (
        <kbd className={layer.keys}>{keys}</kbd>
      ) : null}
    </AriaSearchField>
  );
}
