/** Fields of forms: text, search, choice, check, switch, file. Label, help and error belong to each. */
import { type ReactNode, useState } from 'react';
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  SearchField as AriaSearchField,
  Select as AriaSelect,
  Switch as AriaSwitch,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  DropZone,
  FieldError,
  FileTrigger,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  Text,
  TextArea,
} from 'react-aria-components';
import { t } from '../locales/common';
import css from './Fields.module.css';
import { Icon } from './Icon';
import { iCheck, iDoc, iDown, iEye, iSearch, iX } from './icons';
import layer from './overlays.module.css';

interface Common {
  label: string;
  /** Hides the label from sight, not from assistive technology. */
  bare?: boolean;
  help?: ReactNode;
  error?: string;
  size?: 'm' | 'l';
}

export interface TextFieldProps
  extends Common,
    Omit<AriaTextFieldProps, 'children' | 'className' | 'style'> {
  placeholder?: string;
  /** More than one makes a text area. */
  rows?: number;
  /** Stands at the right of the label. */
  aside?: ReactNode;
}

export function TextField(props: TextFieldProps) {
  const { label, bare, help, error, size = 'm', placeholder, rows, aside, type, ...rest } = props;
  const [shown, setShown] = useState(false);
  const secret = type === 'password';
  return (
    <AriaTextField
      {...rest}
      type={secret && shown ? 'text' : type}
      isInvalid={Boolean(error) || rest.isInvalid}
      className={`${css.field} ${css[size]}`}
    >
      <span className={bare ? 'visually-hidden' : css.top}>
        <Label className={css.label}>{label}</Label>
        {aside ? <span className={css.aside}>{aside}</span> : null}
      </span>
      <span className={css.box}>
        {rows && rows > 1 ? (
          <TextArea className={css.input} rows={rows} placeholder={placeholder} />
        ) : (
          <Input className={css.input} placeholder={placeholder} />
        )}
        {secret ? (
          <button
            type="button"
            className={css.inner}
            aria-label={t(shown ? 'password.hide' : 'password.show')}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            <Icon of={iEye} size={16} />
          </button>
        ) : null}
      </span>
      {help ? (
        <Text slot="description" className={css.help}>
          {help}
        </Text>
      ) : null}
      <FieldError className={css.error}>{error}</FieldError>
    </AriaTextField>
  );
}

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

interface Ticked {
  children: ReactNode;
  isSelected: boolean;
  onChange: (on: boolean) => void;
  isDisabled?: boolean;
}

export function Checkbox({ children, ...rest }: Ticked & { isIndeterminate?: boolean }) {
  return (
    <AriaCheckbox {...rest} className={css.check}>
      <span className={css.tick} aria-hidden="true">
        <Icon of={iCheck} size={14} />
      </span>
      <span>{children}</span>
    </AriaCheckbox>
  );
}

export function Switch({ children, ...rest }: Ticked) {
  return (
    <AriaSwitch {...rest} className={css.switch}>
      <span className={css.track} aria-hidden="true" />
      <span>{children}</span>
    </AriaSwitch>
  );
}

/** A place to drop or choose a file. */
export function FileDrop(props: {
  label: string;
  accept: string[];
  file: File | null;
  onFile: (file: File) => void;
}) {
  const { label, accept, file, onFile } = props;
  return (
    <DropZone
      className={css.drop}
      onDrop={async (event) => {
        const item = event.items.find((found) => found.kind === 'file');
        if (item?.kind === 'file') onFile(await item.getFile());
      }}
    >
      <Icon of={iDoc} />
      <Text slot="label">{file ? file.name : label}</Text>
      <FileTrigger
        acceptedFileTypes={accept}
        onSelect={(list) => {
          const chosen = list?.[0];
          if (chosen) onFile(chosen);
        }}
      >
        <AriaButton className={css.choose}>{t('file.choose')}</AriaButton>
      </FileTrigger>
    </DropZone>
  );
}
