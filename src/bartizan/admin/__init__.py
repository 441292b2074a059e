"""What operators and their monitoring ask a running gateway, answered by a process of its own."""
