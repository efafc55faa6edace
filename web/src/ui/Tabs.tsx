/** Tabs with an underline for panels; segments for filters. */
import type { ReactNode } from 'react';
import {
  Tabs as AriaTabs,
  Tab,
  TabList,
  TabPanel,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components';
import css from './Tabs.module.css';

export interface TabItem {
  id: string;
  text: ReactNode;
  content: ReactNode;
}

export function Tabs(props: {
  label: string;
  items: TabItem[];
  selected?: string;
  onSelect?: (id: string) => void;
}) {
  return (
    <AriaTabs
      className={css.tabs}
      selectedKey={props.selected}
      onSelectionChange={(key) => props.onSelect?.(String(key))}
    >
      <TabList aria-label={props.label} className={css.list}>
        {props.items.map((item) => (
          <Tab key={item.id} id={item.id} className={css.tab}>
            {item.text}
          </Tab>
        ))}
      </TabList>
      {props.items.map((item) => (
        <TabPanel key={item.id} id={item.id} className={css.panel}>
          {item.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}

export function Segmented(props: {
  label: string;
  options: { id: string; text: ReactNode }[];
  selected: string;
  onSelect: (id: string) => void;
  wide?: boolean;
}) {
  return (
    <ToggleButtonGroup
      aria-label={props.label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[props.selected]}
      onSelectionChange={(keys) => {
        const [first] = keys;
        if (first !== undefined) props.onSelect(String(first));
      }}
      className={`${css.segments} ${props.wide ? css.wide : ''}`}
    >
      {props.options.map((option) => (
        <ToggleButton key={option.id} id={option.id} className={css.segment}>
          {option.text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
