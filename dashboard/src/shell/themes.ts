/** Light, dark, or as the system has it: as menus and the palette offer them. */
import { Monitor, Moon, Sun } from 'lucide-react';

export const themes = [
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
  { value: 'system', label: 'As the system', Icon: Monitor },
] as const;
