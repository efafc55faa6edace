/** A choice of one out of many: what is typed finds it, and the list goes on by request. */
import { Autocomplete } from 'react-aria-components/Autocomplete';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { SearchField } from 'react-aria-components/SearchField';
import { Select as AriaSelect, SelectValue } from 'react-aria-components/Select';
import { t } from '../locales/common';
import { Button } from './Button';
import css from './Fields.module.css';
import { Icon } from './Icon';
import { iCheck, iDown } from './icons';
import layer from './overlays.module.css';
import type { SelectProps } from './Select';

export interface FindSelectProps extends SelectProps {
  /** The name of what is chosen, which need not be among the options. */
  shown: string | null;
  typed: string;
  onType: (text: string) => void;
  onOpen: (open: boolean) => void;
  /** Said where nothing is found. */
  none: string;
  /** Brings the next page, where there is one. */
  more: { text: string; bring: () => void } | null;
}

export function FindSelect(props: FindSelectProps) {
  const { label, bare, options, value, onChange, shown, typed, onType, more } = props;
  return (
    <AriaSelect
      value={value}
      onChange={(key) => key !== null && onChange(String(key))}
      onOpenChange={props.onOpen}
      allowsEmptyCollection
      isDisabled={props.isDisabled}
      className={`${css.field} ${css.m}`}
    >
      <Label className={bare ? 'visually-hidden' : css.label}>{label}</Label>
      <AriaButton className={css.select}>
        <SelectValue className={`${css.value} ${shown ? css.known : ''}`}>
          {shown ?? props.placeholder ?? t('choose')}
        </SelectValue>
        <Icon of={iDown} size={16} />
      </AriaButton>
      <Popover className={layer.popover}>
        <Autocomplete inputValue={typed} onInputChange={onType}>
          <SearchField aria-label={t('find')} autoFocus className={layer.find}>
            <Input className={css.input} placeholder={t('find')} />
          </SearchField>
          <ListBox
            className={layer.list}
            renderEmptyState={() => <p className={layer.none}>{props.none}</p>}
          >
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
        </Autocomplete>
        {more ? (
          <Button kind="ghost" onPress={more.bring}>
            {more.text}
          </Button>
        ) : null}
      </Popover>
    </AriaSelect>
  );
}
