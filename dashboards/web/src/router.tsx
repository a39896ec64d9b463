// Addresses. The address is the state: filters, periods and themes stand in it, so that a link shows what its sender saw.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { language, type Language } from './i18n';

export interface Place {
	/** Without the language: "/arenden/V-12". */
	path: string;
	query: URLSearchParams;
}

const changed = new EventTarget();

export function languageOf(pathname: string): Language {
	return pathname === '/en' || pathname.startsWith('/en/') ? 'en' : 'sv';
}

export function here(): Place {
	const { pathname, search } = location;
	const path = languageOf(pathname) === 'en' ? pathname.slice(3) || '/' : pathname;
	return { path: path.length > 1 ? path.replace(/\/$/, '') : path, query: new URLSearchParams(search) };
}

/** The address of a page in a language, by default the one in use. */
export function address(path: string, into: Language = language): string {
	return into === 'en' ? `/en${path === '/' ? '' : path}` : path;
}

export function go(path: string, replace = false): void {
	history[replace ? 'replaceState' : 'pushState'](null, '', address(path));
	if (!replace) scrollTo(0, 0);
	changed.dispatchEvent(new Event('change'));
}

/** Sets or, with "", clears members of the query; the place stays. */
export function narrow(values: Record<string, string>): void {
	const { path, query } = here();
	for (const [name, value] of Object.entries(values)) value === '' ? query.delete(name) : query.set(name, value);
	const text = query.toString();
	go(path + (text ? `?${text}` : ''), true);
}

export function usePlace(): Place {
	const [place, set] = useState(here);
	useEffect(() => {
		const look = () => set(here());
		changed.addEventListener('change', look);
		addEventListener('popstate', look);
		return () => {
			changed.removeEventListener('change', look);
			removeEventListener('popstate', look);
		};
	}, []);
	return place;
}

/** A link within the application. Opening in another tab stays the browser's. */
export function A({ to, children, ...rest }: { to: string; children: ComponentChildren; class?: string; id?: string; tabIndex?: number; 'aria-current'?: 'page'; 'aria-label'?: string; 'data-spot'?: string }) {
	const onClick = (event: MouseEvent) => {
		if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		event.preventDefault();
		go(to);
	};
	return <a href={address(to)} onClick={onClick} {...rest}>{children}</a>;
}

/** What a pattern such as "/arenden/:id" finds in a path; null = it does not fit. */
export function match(pattern: string, path: string): Record<string, string> | null {
	const wanted = pattern.split('/'), parts = path.split('/');
	const found: Record<string, string> = {};
	if (wanted.length !== parts.length) return null;
	for (const [i, want] of wanted.entries()) {
		const part = parts[i] as string;
		if (want.startsWith(':')) {
			if (part === '') return null;
			try {
				found[want.slice(1)] = decodeURIComponent(part);
			} catch {
				return null;
			}
		} else if (want !== part) return null;
	}
	return found;
}
