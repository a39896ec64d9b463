// A page of the application: the pattern of its address, and what shows it. Parts of the pattern (":id") come as properties.
import type { ComponentType } from 'preact';

/** Each page names its own properties. */
export type Pages = readonly (readonly [pattern: string, view: ComponentType<any>])[];
