// The site's own script: opens the widget from a page's button, and keeps the staff page's codes fresh.
addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-visavis-open]');
  if (button) window.visavis?.open();
});
if (document.body.dataset.page === 'accounts') setTimeout(() => location.reload(), 10000);
