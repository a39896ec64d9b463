// Whom to call, on the page where it is decided that somebody must be.
import { municipalityName, useWorld } from '../../directory';
import { t } from '../../i18n';
import { Empty, Shown } from '../../parts/Shown';
import { now } from '../../time';
import { useGet } from '../../use';
import type { Contact } from './answers';
import { contactsOf, type Register } from './calls';

const SHOWN_MAX = 12;

export function ContactList({ contacts }: { contacts: readonly (Contact & { municipality?: string })[] }) {
	const { directory } = useWorld();
	return <ol class="contacts">{contacts.map((one, i) => <li key={`${one.name}${i}`}>
		<strong>{one.name}</strong>{one.municipality && <span class="muted"> {municipalityName(directory, one.municipality)}</span>}
		<div>{one.phone && <a href={`tel:${one.phone.replace(/[^+\d]/g, '')}`}>{one.phone}</a>} {one.mail && <a href={`mailto:${one.mail}`}>{one.mail}</a>}</div>
		{one.hours && <div class="muted">{one.hours}</div>}
	</li>)}</ol>;
}

export function Contacts({ municipalities }: { municipalities: readonly string[] }) {
	const register = useGet<Register>('/registers/contacts?limit=5000');
	return <Shown of={register} lines={3}>{(data) => {
		const contacts = contactsOf(data.rows, municipalities, now());
		if (contacts.length === 0) return <Empty>{t('contacts.none')}</Empty>;
		return <>
			<ContactList contacts={contacts.slice(0, SHOWN_MAX)} />
			{contacts.length > SHOWN_MAX && <details><summary>{t('contacts.more', { n: contacts.length - SHOWN_MAX })}</summary><ContactList contacts={contacts.slice(SHOWN_MAX)} /></details>}
		</>;
	}}</Shown>;
}
