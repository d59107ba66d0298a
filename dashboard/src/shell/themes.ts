import { Monitor, Moon, Sun } from 'lucide-react';

/** As menus and the palette offer them. */
export const themes = [
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
  { value: 'system', label: 'As the system', Icon: Monitor },
] as const;
