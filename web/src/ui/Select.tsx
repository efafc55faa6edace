/** A choice of one out of a list that opens. */
import { Button as AriaButton } from 'react-aria-components/Button';
import { FieldError } from 'react-aria-components/FieldError';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select as AriaSelect, SelectValue } from 'react-aria-components/Select';
import { Text } from 'react-aria-components/Text';
import { t } from '../locales/common';
import type { Common } from './Fields';
import css from './Fields.module.css';
import { Icon } from './Icon';
import { iCheck, iDown } from './icons';
import layer from './overlays.module.css';

export interface Option {
  id: string;
  text: string;
}

export interface SelectProps extends Common {
  options: Option[];
  value: string | null;
  onChange: (id: string) => void;
  placeholder?: string;
  isDisabled?: boolean;
}

export function Select(props: SelectProps) {
  const { label, bare, help, error, size = 'm', options, value, onChange, placeholder } = props;
  return (
    <AriaSelect
      value={value}
      onChange={(key) => key !== null && onChange(String(key))}
      isDisabled={props.isDisabled}
      isInvalid={Boolean(error)}
      placeholder={placeholder ?? t('choose')}
      className={`${css.field} ${css[size]}`}
    >
      <Label className={bare ? 'visually-hidden' : css.label}>{label}</Label>
      <AriaButton className={css.select}>
        <SelectValue className={css.value}>
          {({ selectedText, defaultChildren }) => selectedText || defaultChildren}
        </SelectValue>
        <Icon of={iDown} size={16} />
      </AriaButton>
      {help ? (
        <Text slot="description" className={css.help}>
          {help}
        </Text>
      ) : null}
      <FieldError className={css.error}>{error}</FieldError>
      <Popover className={layer.popover}>
        <ListBox className={layer.list}>
          {options.map((option) => (
            <ListBoxItem
              key={option.id}
              id={option.id}
              textValue={option.text}
              className={layer.item}
            >
              <span className={layer.grow}>{option.text}</span>
              {option.id === value ? <Icon of={iCheck} size={16} /> : null}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
