/* Presets a time zone with that of the teacher's device, unless one was chosen already. */

for (const form of document.querySelectorAll("[data-time-zone]:not([data-chosen])")) {
  const select = form.elements.time_zone;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === zone)) select.value = zone;
}
