/** A US state as the generator uses it: postal codes of its range, area codes that are in service there. */
export interface Place {
  readonly regionCode: string;
  /** First postal code of the range; the generator adds 0..899. */
  readonly postalCodeFrom: number;
  readonly areaCodes: readonly number[];
}

export const places: readonly Place[] = [
  { regionCode: 'NC', postalCodeFrom: 27000, areaCodes: [704, 919, 910, 336, 828, 252, 980, 984] },
  { regionCode: 'VA', postalCodeFrom: 22000, areaCodes: [757, 804, 540, 703, 434, 276, 571] },
  { regionCode: 'GA', postalCodeFrom: 30000, areaCodes: [404, 770, 706, 912, 478, 229, 678, 762] },
  { regionCode: 'FL', postalCodeFrom: 32000, areaCodes: [305, 407, 813, 904, 850, 561, 941, 954] },
  { regionCode: 'OH', postalCodeFrom: 43000, areaCodes: [216, 614, 513, 937, 419, 330, 440, 740] },
  { regionCode: 'MI', postalCodeFrom: 48000, areaCodes: [313, 616, 517, 734, 810, 231, 248, 269] },
  { regionCode: 'PA', postalCodeFrom: 15000, areaCodes: [215, 412, 610, 717, 814, 570, 724, 267] },
  { regionCode: 'NY', postalCodeFrom: 12000, areaCodes: [212, 315, 518, 607, 716, 585, 914, 845] },
  { regionCode: 'TX', postalCodeFrom: 75000, areaCodes: [214, 512, 713, 210, 817, 915, 806, 361] },
  { regionCode: 'CO', postalCodeFrom: 80000, areaCodes: [303, 719, 970, 720] },
  { regionCode: 'WA', postalCodeFrom: 98000, areaCodes: [206, 253, 360, 425, 509] },
  { regionCode: 'OR', postalCodeFrom: 97000, areaCodes: [503, 541, 971, 458] },
  { regionCode: 'CA', postalCodeFrom: 94000, areaCodes: [213, 415, 619, 916, 559, 805, 209, 408] },
  { regionCode: 'IL', postalCodeFrom: 60000, areaCodes: [312, 217, 309, 618, 815, 630, 708, 847] },
  { regionCode: 'WI', postalCodeFrom: 53000, areaCodes: [414, 608, 715, 920, 262] },
  { regionCode: 'MN', postalCodeFrom: 55000, areaCodes: [612, 651, 218, 320, 507, 763, 952] },
  { regionCode: 'TN', postalCodeFrom: 37000, areaCodes: [615, 901, 423, 865, 731, 931] },
  { regionCode: 'SC', postalCodeFrom: 29000, areaCodes: [803, 843, 864] },
  { regionCode: 'MA', postalCodeFrom: 1000, areaCodes: [617, 508, 413, 978, 781] },
  { regionCode: 'AZ', postalCodeFrom: 85000, areaCodes: [602, 520, 480, 623, 928] },
];
