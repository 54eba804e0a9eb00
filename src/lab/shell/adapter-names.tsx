/** What the adapters of the model that acts are called, for every list of them, wherever it stands on the page. */
import { createContext, useContext } from 'react';
import type { AdapterChoice } from '../../worker/protocol';
import type { Phrase } from '../language/language';
import { ADAPTERS } from '../words';

const Names = createContext<Readonly<Record<AdapterChoice, Phrase>>>(ADAPTERS);

/** Around the page, with `adaptersOf` of what is ready. */
export const AdapterNames = Names.Provider;

export const useAdapterNames = (): Readonly<Record<AdapterChoice, Phrase>> => useContext(Names);
