/** What the attributes of a request do to its price, and what has to be assumed for it. */
import type { Factors } from './price-types.ts';
import type { ResponseUsage } from './usage.ts';

export interface Terms {
  /** In tenths. */
  factors: readonly bigint[];
  flags: readonly string[];
}

/** The factors and assumptions of a request, for a model that offers these factors. */
export function termsOf(usage: ResponseUsage, factors: Factors): Terms {
  const terms = [geoTerm(usage, factors), serviceTerm(usage, factors), speedTerm(usage), containerTerm(usage)].filter(
    (term) => term !== AT_LIST_PRICE,
  );
  return { factors: terms.flatMap(({ factor }) => factor ?? []), flags: terms.flatMap(({ flag }) => flag ?? []) };
}

interface Term {
  factor?: bigint;
  flag?: string;
}

const AT_LIST_PRICE: Term = {};

function geoTerm({ inference_geo }: ResponseUsage, { usInference }: Factors): Term {
  switch (inference_geo) {
    case undefined:
    case '':
    case 'global':
    case 'not_available':
      return AT_LIST_PRICE;
    case 'us':
      return usInference === undefined ? { flag: 'inference_geo_unsupported' } : { factor: usInference };
    default:
      return { flag: 'inference_geo_unknown' };
  }
}

function serviceTerm({ service_tier }: ResponseUsage, { batch }: Factors): Term {
  switch (service_tier) {
    case undefined:
    case 'standard':
      return AT_LIST_PRICE;
    case 'batch':
      return batch === undefined ? { flag: 'service_tier_unknown' } : { factor: batch };
    case 'priority':
      return { flag: 'priority_tier_list_price' };
    default:
      return { flag: 'service_tier_unknown' };
  }
}

/** The price row already is that of the speed. */
function speedTerm({ speed }: ResponseUsage): Term {
  return speed === undefined || speed === 'standard' || speed === 'fast' ? AT_LIST_PRICE : { flag: 'speed_unknown' };
}

/** Containers are billed by the hour, beyond a free allowance of the organisation: nothing of that is in a usage. */
function containerTerm({ code_execution_requests = 0 }: ResponseUsage): Term {
  return code_execution_requests > 0 ? { flag: 'code_execution_not_priced' } : AT_LIST_PRICE;
}
