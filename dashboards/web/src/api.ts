// The daemon's API. Answers are kept with their ETag, so asking again for what has not changed costs a few bytes. Errors are problems
// (application/problem+json) or the net's silence; both become a Problem.
import { heard } from './time';

const BASE = '/api/v1';
const KEPT_MAX = 100;
const PATIENCE_MS = 20_000;

export class Problem extends Error {
	constructor(readonly status: number, readonly title: string, readonly detail: string, readonly field: string | null = null) {
		super(detail || title);
	}
}

export interface Stamped {
	seq: number;
	asof: string;
}

/** What `GET /me` says. */
export interface Me extends Stamped {
	name: string;
	roles: string[];
	rights: string[];
	municipality: string | null;
	csrf: string | null;
	by: string;
	expires: string | null;
	purpose: string;
}

let csrf: string | null = null;
const kept = new Map<string, { etag: string; body: unknown }>();
let onSignedOut: () => void = () => undefined;

export function whenSignedOut(callback: () => void): void {
	onSignedOut = callback;
}

async function problemOf(response: Response): Promise<Problem> {
	try {
		const { title, detail, field } = await response.json() as { title?: string; detail?: string; field?: string };
		return new Problem(response.status, title ?? response.statusText, detail ?? '', field ?? null);
	} catch {
		return new Problem(response.status, response.statusText, '');
	}
}

async function ask(path: string, init: RequestInit): Promise<Response> {
	const patience = AbortSignal.timeout(PATIENCE_MS);
	try {
		return await fetch(BASE + path, { credentials: 'same-origin', signal: patience, ...init });
	} catch (error) {
		throw new Problem(0, error instanceof Error ? error.message : String(error), '');
	}
}

function take<T>(body: unknown): T {
	const stamped = body as Partial<Stamped>;
	if (typeof stamped?.asof === 'string') heard(stamped.asof);
	return body as T;
}

export async function get<T>(path: string): Promise<T> {
	const before = kept.get(path);
	const response = await ask(path, before ? { headers: { 'If-None-Match': before.etag }, cache: 'no-store' } : { cache: 'no-store' });
	if (response.status === 304 && before) {
		heard(response.headers.get('Date') ?? (before.body as Stamped).asof);
		return before.body as T;
	}
	if (response.status === 401) onSignedOut();
	if (!response.ok) throw await problemOf(response);
	const body: unknown = await response.json();
	const etag = response.headers.get('ETag');
	if (etag) {
		kept.delete(path);
		kept.set(path, { etag, body });
		if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value as string);
	}
	return take<T>(body);
}

export async function post<T = Record<string, unknown>>(path: string, body: object = {}): Promise<T> {
	const headers: Record<string, string> = { 'Content-Type': 'application/json' };
	if (csrf) headers['X-CSRF-Token'] = csrf;
	const response = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
	if (response.status === 401 && path !== '/session') onSignedOut();
	if (!response.ok) throw await problemOf(response);
	return take<T>(await response.json());
}

function signedIn(me: Me): Me {
	csrf = me.csrf;
	return me;
}

/** Null: nobody is signed in. */
export async function whoAmI(): Promise<Me | null> {
	const response = await ask('/me', { cache: 'no-store' });
	if (response.status === 401) return null;
	if (!response.ok) throw await problemOf(response);
	return signedIn(take<Me>(await response.json()));
}

export async function signIn(name: string, password: string): Promise<Me> {
	return signedIn(await post<Me>('/session', { name, password }));
}

export async function signOut(): Promise<void> {
	await post('/session/end');
	csrf = null;
	kept.clear();
}
