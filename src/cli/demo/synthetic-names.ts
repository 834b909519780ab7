/** Common names, combined at random: no list of real people lies behind them. */
export const givenNames = words(`
  Abigail Adam Aisha Alan Alice Amara Andrea Anthony Arjun Ava Beatriz Benjamin Brandon Camila Carlos Carmen Caroline
  Charles Chloe Clara Daniel David Deborah Diego Elena Elijah Emily Emma Ethan Fatima Felix Fiona Gabriel George Grace
  Hannah Harold Hassan Hazel Helen Henry Ines Isaac Isabel Ivan Jack Jada James Janet Jasmine Joel Jordan Jose Julia
  Kai Karen Kevin Kofi Laura Leah Leon Lily Linda Lucas Luis Mai Malik Margaret Maria Mark Martha Mason Maya Mei Mia
  Michael Naomi Nathan Nina Noah Nora Oliver Olivia Omar Oscar Patricia Paul Priya Rachel Raj Rebecca Ricardo Robert
  Rosa Ruth Samuel Sara Sofia Stephen Susan Theo Thomas Uma Valerie Victor Wei William Yara Yusuf Zoe
`);

export const familyNames = words(`
  Abbott Adams Ahmed Alvarez Anderson Bailey Baker Banerjee Barnes Bell Bennett Bishop Brooks Brown Bryant Campbell
  Carter Castillo Chan Chavez Chen Clark Coleman Collins Cook Cooper Cruz Davis Delgado Diaz Douglas Edwards Ellis
  Evans Fisher Flores Foster Garcia Gomez Gonzalez Graham Grant Gray Green Griffin Gupta Hall Hamilton Harris Hayes
  Henderson Hernandez Hill Howard Hughes Hunter Ibrahim Jackson James Jenkins Johnson Jones Jordan Kelly Khan Kim King
  Kumar Lee Lewis Long Lopez Marshall Martin Martinez Mason Mendoza Miller Mitchell Moore Morgan Morris Murphy Myers
  Nelson Nguyen Okafor Ortiz Owens Parker Patel Perez Perry Peterson Phillips Porter Powell Price Ramirez Reed Reyes
  Reynolds Rivera Roberts Robinson Rodriguez Rogers Ross Russell Sanchez Sanders Scott Shah Silva Simmons Singh Smith
  Stewart Sullivan Taylor Thomas Thompson Torres Tran Turner Vasquez Wagner Walker Wallace Ward Washington Watson
  Webb West White Williams Wilson Wong Wood Wright Yang Young
`);

export const businessOpenings = words(`
  Amber Blue Bright Canyon Cedar Clear Copper Corner Crescent Eastside Evergreen Falcon First Golden Granite Harbor
  Heron Juniper Lakeside Liberty Maple Meadow Northgate Oak Orchard Pine Pioneer Prairie Redwood River Silver Stone
  Summit Sunrise Valley Willow
`);

export const businessTrades = [
  'Accounting',
  'Auto Repair',
  'Bakery',
  'Books',
  'Builders',
  'Catering',
  'Dental',
  'Design',
  'Electric',
  'Farms',
  'Fitness',
  'Florist',
  'Freight',
  'Hardware',
  'Landscaping',
  'Optical',
  'Pharmacy',
  'Plumbing',
  'Printing',
  'Roofing',
  'Tailors',
  'Veterinary',
] as const;

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
