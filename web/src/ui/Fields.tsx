/** Fields of forms: text, check, switch. Label, help and error belong to each. */
import { type ReactNode, useState } from 'react';
import { Checkbox as AriaCheckbox } from 'react-aria-components/Checkbox';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Switch as AriaSwitch } from 'react-aria-components/Switch';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components/TextField';
import { t } from '../locales/common';
import css from './Fields.module.css';
import { Icon } from './Icon';
import { iCheck, iEye } from './icons';

export interface Common {
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
